"""A graphics card, and how the machine that carries it is rented."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from settings.base import Settings

MEMORY_STEPS_GB = (2, 4, 6, 8, 10, *range(16, 513, 16))
"""Sizes that TensorDock rents (seen in its public clients)."""


class Gpu(Settings):
    """The cards of a machine and, for `kind: gpu_vm`, what it may cost, where it may stand and when it is given up."""

    model: str = Field(description="TensorDock v0Name of the card, e.g. geforcertx4090-pcie-24gb.")
    count: int = Field(default=1, ge=1, le=8)
    vram_gb: float = Field(gt=0, le=2000, description="Memory of all cards together, GB.")
    hourly_usd: float = Field(gt=0, le=1000, description="Price of the running VM, USD an hour.")
    max_hourly_usd: float | None = Field(
        default=None, gt=0, le=1000, description="Never rented for more, USD an hour; `hourly_usd` when left out."
    )
    hours_per_month: float = Field(ge=0, le=744, description="Hours that it is expected to run in a month.")
    idle_minutes: int = Field(default=30, ge=1, le=1440, description="Stopped after so many idle minutes.")
    dead_man_minutes: int = Field(
        default=120,
        ge=5,
        le=10_080,
        description="Powers itself off after so many minutes in which nobody looked whether it is idle.",
    )
    destroy_after_stopped_days: int = Field(
        default=7, ge=1, le=365, description="Destroyed, with its disk, after so many days without being started."
    )
    image: str = Field(
        default="ubuntu2404_ml_everything",
        pattern=r"^[A-Za-z0-9_.-]{1,100}$",
        description="TensorDock's image; those without `_ml_` come without a working driver.",
    )
    location_ids: tuple[str, ...] = Field(default=(), description="Only these locations; empty allows all.")
    minimum_tier: int = Field(
        default=1, ge=0, le=4, description="0: private homes, which take cards back; 4: the best data centres."
    )
    prefer: Literal["price", "tier"] = Field(default="price", description="What decides between two locations.")
    attempts: int = Field(default=5, ge=1, le=20, description="Locations that are tried, one after the other.")
    dedicated_ip: bool = Field(
        default=True, description="An address of its own. Without, only sshd is forwarded, to a port of TensorDock's."
    )

    @property
    def cap_usd(self) -> float:
        """The highest price that is ever paid, USD an hour."""
        return self.hourly_usd if self.max_hourly_usd is None else self.max_hourly_usd
