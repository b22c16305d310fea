"""An environment's ledger, beside its budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from operations.gpu.budget import Spent, Standing, standings
from operations.gpu.environments import gpu_stacks
from operations.gpu.spend.fact import Fact
from operations.gpu.spend.ledger import SpendLedger, ledger_of
from operations.gpu.spend.summing import rate, spent
from operations.project import ROOT
from providers.tensordock.client.money import to_micros
from settings.budget import Budget
from settings.environment import Environment
from settings.stack_file import read


@dataclass(frozen=True, slots=True)
class Books:
    """What an environment's GPU stacks have spent and may spend, together.

    `assumed`: micro-dollars an hour of a machine whose price the API does not tell.
    """

    environment: str
    ledger: SpendLedger
    budget: Budget | None
    assumed: int

    def spent(self, now: int, facts: list[Fact] | None = None) -> Spent:
        """Until now, in the day and in the month of now. `facts`: all of the ledger, where they were just read."""
        return spent(self.ledger.facts() if facts is None else facts, now, self.assumed)

    def standings(self, now: int, facts: list[Fact] | None = None) -> tuple[Standing, ...]:
        """Where the environment stands, for the day and for the month; nothing where it has no budget."""
        return () if self.budget is None else standings(self.spent(now, facts), self.budget)

    def rate(self, facts: list[Fact]) -> int:
        """Micro-dollars an hour of all that exists now."""
        return rate(facts, self.assumed)


def books_of(environment: str) -> Books:
    """The books of an environment. Of the budgets of its GPU stacks the lowest day and the lowest month count."""
    settings = [read(ROOT, stack).environment for stack in gpu_stacks(environment)]
    return Books(environment, ledger_of(environment), strictest(settings), assumed_price(settings))


def strictest(settings: Iterable[Environment]) -> Budget | None:
    """The budget that holds for all of them together. Pure."""
    budgets = [each.budget for each in settings if each.budget]
    if not budgets:
        return None
    return Budget(day_usd=min(each.day_usd for each in budgets), month_usd=min(each.month_usd for each in budgets))


def assumed_price(settings: Iterable[Environment]) -> int:
    """The highest price that any of their machines is ever rented for, micro-dollars an hour. Pure."""
    cards = [host.gpu for each in settings for host in each.hosts.values() if host.gpu]
    return max((to_micros(card.cap_usd) for card in cards), default=0)
