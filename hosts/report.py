"""What a host script printed: one JSON line a step, the summary last."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the script."""

    OK = 0
    FAILED = 1
    DIFFERS = 2
    PREFLIGHT = 3
    LOCKED = 4


@dataclass(frozen=True)
class StepResult:
    """One step: status is ok, changed, would-change or failed."""

    step: str
    status: str
    detail: str


@dataclass(frozen=True)
class Report:
    """All steps in order, and how many came out how."""

    steps: tuple[StepResult, ...]
    summary: dict[str, int]

    def with_status(self, status: str) -> list[str]:
        """Names of the steps that ended so."""
        return [result.step for result in self.steps if result.status == status]


def parse_report(output: str) -> Report:
    """Read a script's standard output. Raises ValueError when it ends without a summary."""
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    if not lines or "summary" not in lines[-1]:
        raise ValueError(f"the host script was cut off: no summary after {len(lines)} steps")
    return Report(tuple(StepResult(**line) for line in lines[:-1]), lines[-1]["summary"])
