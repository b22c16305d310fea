"""All that a simulated account is, in one document: what a restart of its process must not lose."""

import time
from typing import Self

from pydantic import BaseModel, ConfigDict

from simulators.reply import Request
from simulators.tensordock.account import Account
from simulators.tensordock.behaviour import Behaviour
from simulators.tensordock.clock import SECOND, SimulatorClock
from simulators.tensordock.faults import Fault
from simulators.tensordock.ledger import Interval, Ledger
from simulators.tensordock.machine import Machines
from simulators.tensordock.service import Service
from simulators.tensordock.stock import Place
from simulators.tensordock.vm import VirtualMachine

ON = ("running", "stopping", "error")
"""States in which what stands behind a machine is on: a start takes effect when it is `running`."""


class Snapshot(BaseModel):
    """One account at one moment. The calls of the last minute are not in it: only their limit depends on them."""

    model_config = ConfigDict(extra="forbid")

    now: int
    ahead: int
    token: str
    behaviour: Behaviour
    faults: list[Fault]
    stock: list[Place]
    keys: dict[str, dict[str, str]]
    vms: list[VirtualMachine]
    intervals: list[Interval]
    late: list[tuple[int, Request]]

    @classmethod
    def of(cls, service: Service) -> Self:
        """The account as it is; the caller sees to it that nothing changes meanwhile."""
        account = service.account
        return cls.model_construct(
            now=account.clock.now,
            ahead=account.clock.ahead,
            token=service.token,
            behaviour=account.behaviour,
            faults=service.faults,
            stock=account.stock,
            keys=account.keys,
            vms=list(account.vms.values()),
            intervals=account.ledger.intervals,
            late=service.late,
        )

    def service(self, ledger: Ledger, machines: Machines) -> Service:
        """The account again, at the present: its time has gone on, and never goes back."""
        behind = self.now - self.ahead - int(time.time() * SECOND)
        account = Account(
            SimulatorClock(ahead=self.ahead + max(behind, 0)), ledger, self.behaviour, self.stock, machines
        )
        account.keys = self.keys
        ledger.restore(self.intervals)
        for vm in self.vms:
            account.vms[vm.id] = vm
            if vm.gone is None:
                vm.machine = machines(vm.id, account.delivered(vm.order))
        for vm in account.existing():
            if vm.machine is not None and vm.starts:
                vm.machine.adopt(on=vm.status in ON)
        return Service(account, self.token, self.faults, late=self.late)
