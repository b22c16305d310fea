"""Machines that a simulated account has rented to us and to others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from operations.gpu.account import TensorDockAccount
from operations.gpu.machines import OurMachine, our_machines
from operations.gpu.spend.bookkeeper import Bookkeeper
from operations.gpu.spend.ledger import SpendLedger
from operations.gpu.spend.summing import cost
from providers.tensordock.client.deployment import Deployment, Size
from providers.tensordock.plugin.account import Account as ProviderAccount
from providers.tensordock.plugin.account import Surroundings
from providers.tensordock.plugin.identity import identity
from simulators.reply import Reply, Request
from simulators.tensordock.account import Account
from simulators.tensordock.clock import SECOND, SimulatorClock
from simulators.tensordock.in_process import URL, WaitingAdvances, session
from simulators.tensordock.ledger import total
from simulators.tensordock.service import TOKEN, Service

CARD = "geforcertx4090-pcie-24gb"
START = 1_795_240_800
"""2026-11-21T06:00:00 UTC"""
BEGIN_OF_TIME, END_OF_TIME = 0, 1 << 40


def name_of(stack: str = "dev-inference", namespace: str = "pulumi", resource: str = "inference") -> str:
    urn = f"urn:pulumi:{stack}::ai-platform::tensordock:index:Instance::{resource}"
    return identity(namespace, urn, {"image": "ubuntu2404"}).name


class Rented:
    """The account, and what our verbs see it through."""

    def __init__(self, folder: Path) -> None:
        self.renew(folder)

    def renew(self, folder: Path) -> None:
        """An account and a ledger of their own, from the beginning."""
        self.service = Service(Account(SimulatorClock(running=False, start=START * SECOND)))
        self.simulated = self.service.account
        self.simulated.behaviour.calls_per_minute = None
        self.watch: Callable[[Request, Reply | None], None] | None = None
        self.ledger = SpendLedger(folder / "spend" / "dev.jsonl")

    def account(self, token: str = TOKEN, namespace: str = "pulumi") -> TensorDockAccount:
        configuration = {
            "apiToken": token, "baseUrl": URL, "namespace": namespace, "callsPerMinute": 1_000_000,
        }  # fmt: skip
        surroundings = Surroundings(WaitingAdvances(self.service), session(self.service, self._watched))
        return TensorDockAccount(ProviderAccount(configuration, surroundings), self.now)

    def _watched(self, call: Request, reply: Reply | None) -> None:
        if self.watch:
            self.watch(call, reply)

    def now(self) -> int:
        return self.simulated.clock.now // SECOND

    def rent(self, name: str | None = None, wait_s: float = 60) -> str:
        """A machine of that name (one of ours) that runs; its id."""
        size = Size(vcpus=4, ram_gb=16, storage_gb=100, gpu_model=CARD, gpu_count=1)
        order = Deployment(
            name=name or name_of(), image="ubuntu2404", size=size, location_id="loc-home", ssh_key="ssh-ed25519 A"
        )
        made = self.account().operation(600).api.create(order)
        self.advance(wait_s)
        return made

    def advance(self, seconds: float) -> None:
        self.simulated.clock.advance(seconds)
        self.service.settle()

    def ours(self) -> OurMachine:
        [machine] = our_machines(self.account())
        return machine

    def keeper(self, stack: str = "dev-inference", source: str = "test") -> Bookkeeper:
        return Bookkeeper(self.account(), self.ledger, stack, source)

    def ledger_sum(self) -> int:
        """Micro-dollars of all time until now."""
        return cost(self.ledger.facts(), BEGIN_OF_TIME, self.now(), assumed=0)

    def billed(self) -> float:
        """What the account itself says, micro-dollars."""
        return float(total(self.simulated.ledger.intervals, self.simulated.clock.now))

    def behave(self, **switches: Any) -> None:
        for switch, value in switches.items():
            setattr(self.simulated.behaviour, switch, value)


def at(machine: OurMachine, hourly: int | None) -> OurMachine:
    return replace(machine, hourly_micro_usd=hourly)
