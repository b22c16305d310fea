"""Looks at the account and writes down what it shows."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from operations.failure import Failure
from operations.gpu.account import TensorDockAccount, understood
from operations.gpu.machines import READ_S, OurMachine, Survey, machine, survey
from operations.gpu.spend import reconciling
from operations.gpu.spend.fact import Fact
from operations.gpu.spend.ledger import SpendLedger
from operations.gpu.spend.reconciling import Finding, Look
from operations.gpu.spend.summing import existing, latest
from providers.tensordock.client.status import Status
from providers.tensordock.plugin.lookup import current
from providers.tensordock.plugin.record import Record


@dataclass(frozen=True, slots=True)
class Stock:
    """The machines of a stack, where the ledger had something else, and all of the ledger then."""

    survey: Survey
    """All of the account."""
    machines: list[OurMachine]
    findings: list[Finding]
    facts: list[Fact]
    now: int
    """By the account's clock."""


@dataclass(frozen=True, slots=True)
class Bookkeeper:
    """Keeps the ledger of one stack's machines. `source`: the verb that it works for.

    `reserved`: that verb is to stop machines, and may use the calls that are kept for that.
    """

    account: TensorDockAccount
    ledger: SpendLedger
    stack: str
    source: str
    reserved: bool = False

    def take_stock(self, seen: Survey | None = None, *, always: bool = False) -> Stock:
        """Writes down what the stack's machines are and cost now. `seen`: a survey that was made just before.

        `always`: unchanged machines too. Raises Failure when the account cannot tell, and then writes nothing; also
        where the ledger cannot be kept, unless the verb is to stop machines: that comes first.
        """
        facts = self.ledger.readable() if self.reserved else self.ledger.facts()
        known, begun = latest(facts), self.account.now()
        seen = seen or survey(self.account, reserved=self.reserved)
        machines = [each for each in seen.ours if each.stack == self.stack]
        gone: list[Fact] = []
        for each in reconciling.missing(known, self.stack, machines):
            if (found := self._found(each)) is None:
                gone.append(each)
            else:
                machines.append(found)
        look = Look(self.stack, begun, self.account.now(), self.source, self.ledger.last_look(self.stack), always)
        facts = self._written(lambda so_far: reconciling.facts_of(latest(so_far), machines, gone, look), facts)
        self.ledger.looked(self.stack, begun)
        return Stock(seen, machines, reconciling.findings(known, machines, gone), facts, look.now)

    def _written(self, more: Callable[[list[Fact]], list[Fact]], so_far: list[Fact]) -> list[Fact]:
        """All facts, on the disk; for a verb that is to stop machines also where that cannot be."""
        try:
            return self.ledger.change(more)
        except (Failure, OSError) as error:
            if not self.reserved:
                raise _unwritten(self.ledger, error) from error
            print(f"the spend ledger is not kept: {error}", file=sys.stderr, flush=True)
            return [*so_far, *more(so_far)]

    def saw(self, machine: OurMachine) -> None:
        """Writes down one read of a machine that is being stopped. What fails then is said, and stops nobody."""
        try:
            now = self.account.now()
            look = Look(self.stack, now, now, self.source)
            self.ledger.change(lambda so_far: reconciling.facts_of(latest(so_far), [machine], [], look))
        except (Failure, OSError) as error:
            print(
                f"not in {self.ledger.path}: {machine.name} is {machine.status}: {error}", file=sys.stderr, flush=True
            )

    def believed(self) -> list[OurMachine]:
        """The machines that exist as far as the ledger knows: for when the account tells nothing."""
        return [
            OurMachine(
                name=each.name, stack=each.stack, resource="", instance_id=each.machine, gpu="",
                status=Status(each.status), hourly_micro_usd=each.hourly_micro_usd,
            )
            for each in existing(self.ledger.readable(), self.stack)
        ]  # fmt: skip

    def _found(self, known: Fact) -> OurMachine | None:
        """A machine that a list did not show; None when two reads of its id and two lists agree that it is gone."""
        operation = self.account.operation(READ_S, reserved=self.reserved)
        with understood():
            found = current(operation, Record(known.name, known.machine))
        return None if found is None else machine(found, self.account.namespace, [self.stack])


def _unwritten(ledger: SpendLedger, error: Failure | OSError) -> Failure:
    if isinstance(error, Failure):
        return error
    return Failure(f"{ledger.path} cannot be written: {error}", "make room for it, then run the same command again")
