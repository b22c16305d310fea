"""What is done with a machine that no stack knows. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from operations.gpu.machines import OurMachine, Survey

GRACE_MINUTES: Final = 60
"""A machine that is being made stands in no state until it is ready, and a run that was cut off may be gone on with."""


class Step(StrEnum):
    """What is done."""

    WAIT = "wait"
    STOP = "stop"
    LEAVE = "stopped"
    DESTROY = "destroy"


@dataclass(frozen=True, slots=True)
class Rules:
    """When a machine is stopped and destroyed, seconds without a stack. `destroy_after` None: never."""

    grace: float = GRACE_MINUTES * 60.0
    destroy_after: float | None = None


def strays(seen: Survey, known: Collection[str]) -> list[OurMachine]:
    """Machines of our namespace whose name and id no state has. A foreign machine is never among them."""
    return [each for each in seen.ours if each.name not in known and each.instance_id not in known]


def step(machine: OurMachine, stray_for: float, rules: Rules) -> Step:
    """The next step with one stray."""
    if stray_for < rules.grace:
        return Step.WAIT
    if rules.destroy_after is not None and stray_for >= max(rules.destroy_after, rules.grace):
        return Step.DESTROY
    return Step.LEAVE if machine.stopped else Step.STOP
