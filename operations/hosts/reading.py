"""Reads what a host script prints, line by line as it comes."""

from __future__ import annotations

import json
from collections.abc import Callable

from hosts.report import Exit, StepResult
from operations.hosts.outcome import Code, Outcome
from operations.hosts.text import printable
from operations.ssh import Ended

Say = Callable[[StepResult], None]


class Reading:
    """The report of one run. Lines that are none of the script's own are what a failure quotes."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._steps: list[StepResult] = []
        self._summary = False

    def hear(self, line: str) -> None:
        """The next line of the script's standard output."""
        found = _json(line)
        if found.keys() == {"step", "status", "detail"}:
            step = StepResult(**{key: printable(str(value)) for key, value in found.items()})
            self._steps.append(step)
            self._say(step)
        elif found.keys() == {"summary"}:
            self._summary = True

    @property
    def steps(self) -> tuple[StepResult, ...]:
        """Those that have been heard of so far."""
        return tuple(self._steps)

    def outcome(self, host: str, ended: Ended, seconds: float) -> Outcome:
        """How the run has ended, once all of it is heard."""
        steps = self.steps
        if self._summary and ended.code in set(Exit):
            return Outcome(host=host, code=Code(ended.code), steps=steps, seconds=seconds)
        said = printable((ended.said or ended.output).strip())[-600:] or "it said nothing"
        lost = f" ({ended.dropped} bytes more are not shown)" if ended.dropped else ""
        error = f"{host}: the host script ended with {ended.code} and no summary after {len(steps)} steps: {said}{lost}"
        return Outcome(host=host, code=Code.FAILED, steps=steps, error=error, seconds=seconds)


def _json(line: str) -> dict[str, object]:
    """The object on the line; none of a line that holds something else."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
