"""Prints what several hosts do at once as one block a host: the first that is not done live, the others in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hosts.report import StepResult
from operations.hosts.outcome import Outcome, shown


class Blocks:
    """Blocks come in the order of `hosts`. `write` gets whole lines."""

    def __init__(self, hosts: Sequence[str], write: Callable[[str], None]) -> None:
        self._waiting = {host: [f"{host}:"] for host in hosts}
        self._ended: set[str] = set()
        self._write = write
        self._turn()

    def step(self, host: str, step: StepResult) -> None:
        """A step that has ended."""
        self._say(host, step_line(step))

    def fact(self, host: str, fact: StepResult) -> None:
        """A fact: what is read well needs no status."""
        plain = fact.status == "ok"
        self._say(host, f"  {fact.step:<13} {fact.detail}" if plain else step_line(fact))

    def end(self, outcome: Outcome) -> None:
        """Nothing more comes from the host."""
        if outcome.error:
            self._say(outcome.host, *(f"  {line}" for line in outcome.error.splitlines()))
        self._ended.add(outcome.host)
        self._turn()

    def _say(self, host: str, *lines: str) -> None:
        self._waiting[host] += lines
        self._turn()

    def _turn(self) -> None:
        """Writes all that the first host has said, and goes on to the next once it is done."""
        while self._waiting:
            first = next(iter(self._waiting))
            for line in self._waiting[first]:
                self._write(line)
            self._waiting[first] = []
            if first not in self._ended:
                return
            del self._waiting[first]


def step_line(step: StepResult) -> str:
    """Status, step and detail; further lines of the detail stand below it."""
    first, *more = step.detail.splitlines() or [""]
    line = f"  {shown(step.status):<13} {step.step}" + (f": {first}" if first else "")
    return "\n".join([line, *(f"{'':<16}{text}" for text in more)])
