"""A systemd unit that a host runs."""

from __future__ import annotations

from dataclasses import dataclass

from hosts.step import Step

FOLDER = "/etc/systemd/system"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """Enabled and active: a service, or a timer. `name` with its ending, e.g. backup.timer.

    With `content` the unit is ours and its whole file; without, it is one that a package brought and keeps its file.
    A service that only a timer starts is not `started`: it has a file and nothing more. `probe` is a function of the
    runtime with its arguments that says whether the service answers.
    """

    name: str
    content: str = ""
    started: bool = True
    probe: tuple[str, ...] = ("probe_unit",)
    seconds: int = 60

    def step(self) -> Step:
        started = "yes" if self.started else "no"
        arguments = (self.name, f"{FOLDER}/{self.name}", self.content, started, *self.probe)
        return Step(f"unit {self.name}", self.seconds, "step_unit", arguments, shown=self.content or "enabled, active")
