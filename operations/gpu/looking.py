"""Looks at every GPU stack's machines, as far as that can be told."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from operations.failure import Failure
from operations.gpu.account import has_account
from operations.gpu.accounting import bookkeeper
from operations.gpu.environments import environment_of, require_told
from operations.gpu.machines import OurMachine
from operations.gpu.spend.bookkeeper import Stock
from operations.gpu.spend.ledger import ledger_of
from operations.gpu.spend.summing import existing
from settings.problem import SettingsError


@dataclass(frozen=True, slots=True)
class Looked:
    """One stack. `untold` says what could not be told of it: nothing where `stock` is None, else what it may spend.

    Neither: no account is set up for it, and nothing was ever rented from here.
    """

    stack: str
    stock: Stock | None
    untold: str = ""

    @property
    def state(self) -> str:
        """Of a stack that shows no machine."""
        return "unknown" if self.untold else "none" if self.stock else "no account"

    @property
    def now(self) -> int:
        """Seconds since the epoch: by the account's clock, or by this machine's where the account does not answer."""
        return self.stock.now if self.stock else int(time.time())

    @property
    def machines(self) -> list[OurMachine]:
        """Its machines, as far as anybody knows."""
        return self.stock.machines if self.stock else []


def look(stack: str, source: str) -> Looked:
    """Takes stock of one stack, for the verb `source`. A stack without an account that has rented nothing is no fault.

    Raises Failure for a ledger that cannot be read.
    """
    if never_rented(stack):
        return Looked(stack, None)
    try:
        stock = bookkeeper(stack, source).take_stock()
    except Failure as failure:
        return Looked(stack, None, str(failure))
    try:
        require_told(stack)
    except SettingsError as faults:
        return Looked(stack, stock, str(faults))
    return Looked(stack, stock)


def never_rented(stack: str) -> bool:
    """Whether no account is set up for the stack, and nothing that was rented from here can still be there."""
    known = existing(ledger_of(environment_of(stack)).facts(), stack)
    return not known and not has_account(stack)


def orphans(looked: Iterable[Looked], stacks: Iterable[str]) -> list[OurMachine]:
    """Machines of our namespace in any of the accounts that no GPU stack of this checkout owns."""
    owned = set(stacks)
    found = {each.instance_id: each for one in looked if one.stock for each in one.stock.survey.ours}
    return [each for each in found.values() if each.stack not in owned]


def foreign(looked: Iterable[Looked]) -> int:
    """How many machines of the accounts are not ours."""
    return len(frozenset[str]().union(*(one.stock.survey.foreign for one in looked if one.stock)))
