"""A host's clock beside this machine's."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from hosts.facts import CLOCK
from hosts.report import StepResult

NOTICEABLE = 5
"""Seconds; less than this is the way of the answer, and the whole second that it is told in."""


def compared(step: StepResult) -> StepResult:
    """The clock's fact as a time and its distance from this machine's; other facts as they are."""
    if step.step != CLOCK or not step.detail.strip().isdigit():
        return step
    there = int(step.detail)
    offset = there - int(time.time())
    told = datetime.fromtimestamp(there, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    direction = "ahead of" if offset > 0 else "behind"
    beside = f"{abs(offset)} s {direction} this machine" if abs(offset) >= NOTICEABLE else "as on this machine"
    return StepResult(step.step, step.status, f"{told}, {beside}")
