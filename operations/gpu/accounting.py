"""Around whatever rents or gives up machines: no start on a used-up budget, and all of its cost in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from operations.failure import Failure
from operations.gpu.account import account_of, lasting_account
from operations.gpu.budget import Standing, used_up
from operations.gpu.environments import environment_of
from operations.gpu.exit_codes import BUDGET_USED_UP
from operations.gpu.spend.bookkeeper import Bookkeeper, Stock
from operations.gpu.spend.ledger import ledger_of
from operations.gpu.watching import watching


def bookkeeper(stack: str, source: str, *, reserved: bool = False) -> Bookkeeper:
    """Who keeps the ledger of the stack's machines for the verb `source`. `reserved`: it is to stop machines."""
    return Bookkeeper(account_of(stack), ledger_of(environment_of(stack)), stack, source, reserved)


def require_budget(stack: str, standings: tuple[Standing, ...]) -> None:
    """Raises Failure when a budget is used up; the message says how to raise it."""
    if over := used_up(standings):
        keys = " and ".join(f"{each.period}_usd" for each in over)
        raise Failure(
            f"{stack} is not started: {'; '.join(each.describe() for each in over)}",
            f"raise `budget: {keys}` in Pulumi.{stack}.yaml and in the other GPU stacks of the environment (the lowest "
            "counts), or wait until the period ends (UTC)",
            BUDGET_USED_UP,
        )


@contextmanager
def accounted(keeper: Bookkeeper) -> Iterator[list[Stock]]:
    """Writes down what happens to the machines while the block runs; the list then holds what is there at its end."""
    at_the_end: list[Stock] = []
    with lasting_account(keeper.stack):
        with watching(keeper):
            yield at_the_end
        at_the_end.append(keeper.take_stock(always=True))
