"""What happens to simulated machines by itself as time goes on, each at its exact time."""

from simulators.tensordock.account import Account
from simulators.tensordock.clock import SECOND
from simulators.tensordock.machine import Address
from simulators.tensordock.order import SSH
from simulators.tensordock.stock import storage_hourly
from simulators.tensordock.vm import VirtualMachine

OUTSIDE_PORTS = 20_000
NOWHERE = 9
"""The discard service's port: nobody listens there any more."""


def settle(account: Account) -> None:
    """Brings every machine to the present, in the order in which things happened."""
    now = account.clock.now
    while due := sorted((vm.due, vm.id) for vm in account.existing() if vm.due is not None and vm.due <= now):
        at, identifier = due[0]
        vm = account.vms[identifier]
        match vm.following:
            case "running":
                _run(account, vm, at)
            case "gone":
                _vanish(account, vm, at)
            case status:
                stopped(account, vm, status, at)
    for vm in account.existing():
        _find_address(account, vm, now)
        _notice_power_off(account, vm, now)


def stopped(account: Account, vm: VirtualMachine, status: str, at: int) -> None:
    """The machine is off; whether that ends the meter of its card is a switch."""
    if status == "stoppeddisassociated":
        account.release_cards(vm)
    full = status == "stopped" and account.behaviour.stopped_bills == "full"
    account.enter(vm, status, at, vm.hourly if full else storage_hourly(vm.order))
    vm.ip, vm.address_due = None, None
    if vm.machine is not None:
        vm.machine.stop()


def _run(account: Account, vm: VirtualMachine, at: int) -> None:
    behaviour = account.behaviour
    account.enter(vm, "running", at, vm.hourly)
    vm.starts += 1
    vm.address_due = None if behaviour.never_ip else at + round(behaviour.ip_s * SECOND)
    if vm.machine is not None:
        vm.machine.start()
    if behaviour.dies_after_boot:
        vm.will("stopped", at + SECOND)


def _vanish(account: Account, vm: VirtualMachine, at: int) -> None:
    account.release_cards(vm)
    account.ledger.close(vm.id, at)
    vm.status, vm.gone, vm.due, vm.bill = "deleted", at, None, 0
    if vm.machine is not None:
        vm.machine.destroy()


def vanish(account: Account, vm: VirtualMachine) -> None:
    """The machine is gone at once, as when somebody deletes it by hand."""
    _vanish(account, vm, account.clock.now)


def _find_address(account: Account, vm: VirtualMachine, now: int) -> None:
    if vm.status != "running" or vm.ip is not None or vm.address_due is None or vm.address_due > now:
        return
    address = _made_up(account, vm) if vm.machine is None else vm.machine.address()
    if address is None:
        return
    lost = {SSH: NOWHERE} if account.behaviour.ssh_unreachable else {}
    vm.ip, vm.ports = address.ip, {} if account.behaviour.ports_ignored else {**address.ports, **lost}


def _notice_power_off(account: Account, vm: VirtualMachine, now: int) -> None:
    shown = account.behaviour.powered_off_as
    if vm.status == "running" and shown != "running" and vm.machine is not None and vm.machine.powered_off():
        stopped(account, vm, shown, now)


def _made_up(account: Account, vm: VirtualMachine) -> Address:
    position = list(account.vms).index(vm.id) + 1
    change = vm.starts if account.behaviour.address_changes else 1
    shift = change + (OUTSIDE_PORTS if account.behaviour.ports_differ else 0)
    ports = {inside: outside if shift == 1 else outside + shift for inside, outside in vm.order.forwards}
    return Address(f"198.51.{100 + change % 100}.{position % 250 + 1}", ports)
