"""Money in whole micro-dollars (millionths of a US dollar), so that sums are exact."""

from decimal import ROUND_CEILING, Decimal
from typing import Any

MICROS = 1_000_000
MOST = 10**15
"""Dollars. What is more is no price, and may have more digits than a computer can write (`1e99999999`)."""


def to_micros(dollars: Any) -> int:
    """Micro-dollars of an amount in dollars, rounded up: a price must never look lower than it is.

    Takes int, Decimal, numeric strings and floats (by their shortest decimal form). Raises ValueError for what is
    no amount from zero to `MOST` dollars.
    """
    try:
        amount = Decimal(str(dollars))
    except ArithmeticError as error:
        raise ValueError(f"{dollars!r} is no amount of money") from error
    if not (amount.is_finite() and 0 <= amount <= MOST):
        raise ValueError(f"{dollars!r} is no amount of money")
    return int((amount * MICROS).to_integral_value(ROUND_CEILING))


def to_dollars(micros: int) -> Decimal:
    """The exact amount in dollars."""
    return Decimal(micros) / MICROS


def hourly(micros: int | None) -> str:
    """A price for people: `0.35 USD an hour`, or that it is not known."""
    if micros is None:
        return "an unknown price an hour"
    return f"{to_dollars(micros).normalize():f} USD an hour"
