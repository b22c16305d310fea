"""How a run on one host has ended, and on all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from hosts.report import StepResult


class Code(IntEnum):
    """Exit codes of `scripts/host`: those of the host script, and the one of a host that nobody could log in to."""

    OK = 0
    FAILED = 1
    DIFFERS = 2
    PREFLIGHT = 3
    LOCKED = 4
    UNREACHABLE = 5


WORST_LAST = (Code.OK, Code.DIFFERS, Code.LOCKED, Code.PREFLIGHT, Code.UNREACHABLE, Code.FAILED)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`error` is empty for a script that came to its end, and one message with its remedy for any other."""

    host: str
    code: Code
    steps: tuple[StepResult, ...] = ()
    error: str = ""
    seconds: float = 0

    def with_status(self, status: str) -> list[StepResult]:
        """The steps that ended so."""
        return [step for step in self.steps if step.status == status]

    @property
    def summary(self) -> str:
        """One line: how many steps came out how, or why there are none."""
        if self.error:
            return self.error.splitlines()[0]
        counts = {status: len(self.with_status(status)) for status in ("ok", "changed", "would-change", "failed")}
        return ", ".join(f"{count} {shown(status)}" for status, count in counts.items() if count) or "nothing to do"

    def as_json(self) -> dict[str, Any]:
        steps = [{"step": step.step, "status": step.status, "detail": step.detail} for step in self.steps]
        return {
            "host": self.host, "code": int(self.code), "seconds": round(self.seconds, 1), "steps": steps,
            "error": self.error,
        }  # fmt: skip


def shown(status: str) -> str:
    """A step's status in words."""
    return status.replace("-", " ")


def worst(codes: Iterable[Code]) -> Code:
    """The code that the whole run ends with."""
    return max(codes, key=WORST_LAST.index, default=Code.OK)
