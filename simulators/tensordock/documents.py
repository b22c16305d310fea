"""Answers about machines, in the shapes that the real service has been seen to use."""

from typing import Any

from simulators.tensordock.account import Account
from simulators.tensordock.stock import dollars
from simulators.tensordock.vm import VirtualMachine

WORDS = {
    "title": {"stoppeddisassociated": "StoppedDisassociated"},
    "snake": {"stoppeddisassociated": "stopped_disassociated"},
}


def status_word(vm: VirtualMachine, spelling: str) -> str:
    """The state in one of the spellings."""
    if vm.status in WORDS.get(spelling, {}):
        return WORDS[spelling][vm.status]
    return {"upper": vm.status.upper(), "title": vm.status.title()}.get(spelling, vm.status)


def instance(account: Account, vm: VirtualMachine) -> dict[str, Any]:
    """One machine, as `GET /instances/{id}` tells it: without image and cloud-init, which are never told again."""
    order = vm.order
    found = {
        "type": "virtualmachine",
        "id": vm.id,
        "name": order.name,
        "status": status_word(vm, account.behaviour.statuses),
        "ipAddress": vm.ip,
        "portForwards": [{"internal_port": inside, "external_port": out} for inside, out in vm.ports.items()],
        "resources": {
            "vcpu_count": order.vcpus,
            "ram_gb": order.ram_gb,
            "storage_gb": order.storage_gb,
            "gpus": {order.gpu_model: {"count": order.gpu_count, "v0Name": order.gpu_model}},
        },
        "rateHourly": dollars(vm.bill) if vm.shows_price else None,
    }
    told = {key: value for key, value in found.items() if value is not None}
    return told if account.behaviour.instance_shape == "flat" else {"data": told}


def instances(account: Account) -> dict[str, Any]:
    """The list of all machines, in the documented shape or in the observed one."""
    spelling = account.behaviour.statuses
    rows = [(vm, status_word(vm, spelling)) for vm in account.listed()]
    if account.behaviour.list_shape == "flat":
        flat = [{"id": vm.id, "name": vm.order.name, "status": word, "ipAddress": vm.ip} for vm, word in rows]
        return {"data": flat}
    described = [
        {"type": "VM", "id": vm.id, "attributes": {"name": vm.order.name, "status": word}} for vm, word in rows
    ]
    return {"data": {"instances": described}}


def ordered(vm: VirtualMachine) -> dict[str, Any]:
    """The answer to an order: no address yet."""
    return {"data": {"type": "virtualmachine", "id": vm.id, "name": vm.order.name, "status": vm.status}}


def changed(vm: VirtualMachine, status: str) -> dict[str, Any]:
    """The answer to a start or a stop."""
    return {"data": {"type": "instance", "id": vm.id, "attributes": {"status": status}}}


def success(message: str) -> dict[str, Any]:
    """The answer to a deletion or a change of size."""
    return {"data": {"type": "success", "attributes": {"message": message}}}
