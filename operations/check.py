"""`scripts/check -s STACK`: placement, fit and cost of an environment, without touching anything."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from catalogue.load import definitions
from operations import tables
from operations.console import console_for
from operations.failure import USAGE, Failure, guarded
from operations.project import ROOT, require_stack
from planning.build import build
from planning.cost import costs
from planning.fit import fits
from planning.origins import unprotected
from planning.placement import place
from planning.plan import Plan
from policy.planned import planned_resources
from policy.rules import violations
from settings.stack_file import read
from toolchain.image_references import references

UNPROTECTED = (
    "what stands behind it takes requests that passed no login; set `edge.team`, and add `proxy` and `access-check` "
    "under services (docs/runbooks/reverse-proxy.md)"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/check", description=__doc__)
    parser.add_argument("-s", "--stack", default="dev")
    parser.add_argument("--json", action="store_true", help="print the same as JSON")
    arguments = parser.parse_args()
    return guarded(lambda: check(arguments.stack, as_json=arguments.json))


def check(stack: str, *, as_json: bool) -> None:
    """Raises SettingsError with every problem: what does not fit is refused with its numbers. Failure for a policy."""
    require_stack(stack)
    parsed = read(ROOT, stack)
    plan = build(parsed.without_secrets(), references(parsed.environment.images.source))
    _hold_against_policy(plan)
    placements, _ = place(plan.environment, definitions(), frozenset())
    fit_rows, cost_rows = fits(plan.environment, placements), costs(plan.environment)
    if as_json:
        fit = [dataclasses.asdict(row) | {"free": row.free, "status": row.status} for row in fit_rows]
        cost = [dataclasses.asdict(row) for row in cost_rows]
        print(json.dumps({"endpoints": plan.endpoints, "fit": fit, "cost": cost}, indent=2))
        return
    shown = (tables.placement_table(plan), tables.fit_table(fit_rows), tables.cost_table(cost_rows))
    console = console_for(*shown)
    for table in shown:
        console.print(table)
    for route in unprotected(plan):
        print(f"unprotected: {route.hostname}: {UNPROTECTED}")
    for problem in parsed.problems:
        # A command in it must stay whole, to be copied.
        print(f"not yet: {problem.render(parsed.file, None)}")


def _hold_against_policy(plan: Plan) -> None:
    found = violations(list(planned_resources(plan)))
    if found:
        lines = [f"{one.resource}: {one.message} ({one.rule})" for one in found]
        remedy = f"mend Pulumi.{plan.name}.yaml or the catalogue; the rules: policy/rules.py"
        raise Failure("the policy is broken:\n    " + "\n    ".join(lines), remedy, USAGE)


if __name__ == "__main__":
    sys.exit(main())
