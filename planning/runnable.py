"""What can be planned and priced, but not yet brought up."""

from __future__ import annotations

from collections.abc import Iterator

from planning.plan import Plan
from settings.problem import Problem, SettingsError


def require_runnable(plan: Plan, file: str) -> None:
    """Raises SettingsError when the plan holds something that this version cannot run."""
    problems = list(_not_yet(plan))
    if problems:
        raise SettingsError(file, problems)


def _not_yet(plan: Plan) -> Iterator[Problem]:
    for name, host in plan.hosts.items():
        if host.kind == "gpu_vm":
            yield Problem(
                path=f"hosts.{name}.kind",
                value=host.kind,
                cause="such machines are planned and priced, but cannot be rented yet",
                remedy=f"`scripts/check -s {plan.name}` shows its fit and cost",
            )
