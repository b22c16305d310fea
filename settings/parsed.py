"""What was read of a configuration: the valid part, and what was wrong with the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from settings.environment import Environment
from settings.problem import Problem, SettingsError


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """`environment` holds what was valid; `faulty` names the entries that are missing from it because they were not."""

    file: str
    environment: Environment
    problems: tuple[Problem, ...] = ()
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def faulty(self) -> frozenset[str]:
        return frozenset(part for problem in self.problems for part in problem.path.split(".")[1:2])

    def without_secrets(self) -> Parsed:
        """The same without complaints about missing secrets: enough to plan and price with, never to run with."""
        return replace(self, problems=tuple(one for one in self.problems if not one.path.startswith("secrets.")))

    def valid(self, more: list[Problem] | None = None) -> Environment:
        """The environment, when nothing was wrong with it. Raises SettingsError with every problem, `more` included."""
        problems = [*self.problems, *(more or [])]
        if problems:
            raise SettingsError(self.file, problems, self.lines)
        return self.environment
