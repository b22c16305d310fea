"""How much an environment may cost."""

from __future__ import annotations

from pydantic import Field

from settings.base import Settings


class Budget(Settings):
    """Upper bounds in USD: 50 % warns, 80 % alerts, 100 % stops paid machines."""

    day_usd: float = Field(gt=0, le=1_000_000)
    month_usd: float = Field(gt=0, le=10_000_000)
    electricity_usd_per_kwh: float = Field(default=0.30, ge=0, le=10)
