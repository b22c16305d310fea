"""Micro-dollars for people."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from providers.tensordock.client.money import to_dollars


def usd(micros: int) -> str:
    """To the cent: `4.10`."""
    return str(to_dollars(micros).quantize(Decimal("0.01"), ROUND_HALF_UP))


def price(micros: int | None) -> str:
    """An hourly price to the tenth of a cent, `0.349`, or `?` where the API did not tell it."""
    return "?" if micros is None else str(to_dollars(micros).quantize(Decimal("0.001"), ROUND_HALF_UP))
