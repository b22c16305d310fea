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
    for index, route in enumerate(plan.environment.routes):
        if route.access != "private":
            yield Problem(
                path=f"routes.{index}.access",
                value=route.access,
                cause="its keys and rate limits do not exist yet, and a name open by mistake is worse than none",
                remedy="use `access: private`",
            )
