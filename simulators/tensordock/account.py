"""The state of a simulated account: machines, keys, stock and money."""

from dataclasses import dataclass, field, replace
from typing import Any

from simulators.tensordock.behaviour import Behaviour
from simulators.tensordock.clock import SECOND, SimulatorClock
from simulators.tensordock.ledger import Interval, Ledger
from simulators.tensordock.machine import Machines, no_machine
from simulators.tensordock.order import Order
from simulators.tensordock.stock import Place, default_stock
from simulators.tensordock.vm import VirtualMachine


class Refusal(Exception):
    """What the account refuses. `content`: the text of the error, or the array of a refused order."""

    def __init__(self, status: int, content: str | list[dict[str, Any]]) -> None:
        super().__init__(str(content))
        self.status = status
        self.content = content


@dataclass
class Account:
    """Everything that one token can see. Deleted machines stay, with the time of their end."""

    clock: SimulatorClock
    ledger: Ledger = field(default_factory=Ledger)
    behaviour: Behaviour = field(default_factory=Behaviour)
    stock: list[Place] = field(default_factory=default_stock)
    machines: Machines = no_machine
    vms: dict[str, VirtualMachine] = field(default_factory=dict)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)

    def place(self, identifier: str) -> Place:
        """The location of that id. Raises Refusal."""
        found = next((place for place in self.stock if place.id == identifier), None)
        if found is None:
            raise Refusal(400, "Location not found")
        return found

    def vm(self, identifier: str) -> VirtualMachine:
        """A machine that exists. Raises Refusal."""
        found = self.vms.get(identifier)
        if found is None or found.gone is not None:
            raise Refusal(404, "Virtual machine not found")
        return found

    def delivered(self, order: Order) -> Order:
        """The order as the machine gets it: with the account's key, without what its location ignores."""
        key = order.ssh_key or self.keys.get(order.ssh_key_id, {}).get("value", "")
        return replace(
            order,
            ssh_key="" if order.location in self.behaviour.ssh_key_ignored else key,
            cloud_init={} if order.location in self.behaviour.cloud_init_ignored else order.cloud_init,
        )

    def existing(self) -> list[VirtualMachine]:
        """All machines that are there, oldest first."""
        return [vm for vm in self.vms.values() if vm.gone is None]

    def listed(self) -> list[VirtualMachine]:
        """What a list shows now, which may lag behind."""
        seen = self.clock.now - round(self.behaviour.list_lag_s * SECOND)
        return [vm for vm in self.vms.values() if vm.created <= seen and (vm.gone is None or vm.gone > seen)]

    def enter(self, vm: VirtualMachine, status: str, at: int, hourly: int) -> None:
        """The machine enters a state at a price; the ledger says so."""
        vm.status, vm.following, vm.due, vm.bill = status, "", None, hourly
        self.ledger.change(Interval(vm.id, vm.order.name, status, hourly, at))

    def release_cards(self, vm: VirtualMachine) -> None:
        """Others can have its cards."""
        if vm.cards_held:
            vm.cards_held = False
            self.place(vm.order.location).take(vm.order.gpu_model, -vm.order.gpu_count)
