"""Compares every host, container, volume, network and public name of an environment with its declared state.

Changes nothing, neither there nor in the state. `drift: {ignore: [...]}` in the stack file leaves differences out.

Exit codes: 0 no drift; 2 drift, or 1 when none was found but something could not be told (an unreachable host, no
state, bad usage). All the rest is compared in any case.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection

from operations import simulated_edge
from operations.drift.engine import engine_drift
from operations.drift.finding import Drift, Untold, merged
from operations.drift.hosts import host_drift
from operations.drift.live import live_drift
from operations.drift.report import as_json, show
from operations.engine import Engine
from operations.failure import Failure
from operations.hosts.outcome import Code, Outcome
from operations.hosts.target import provisioned, targets
from operations.project import require_stack
from operations.stack_plan import stack_plan
from operations.telling import Parser, telling
from planning.plan import Plan


def main() -> int:
    options = arguments().parse_args()
    return telling(lambda: run(options))


def arguments() -> argparse.ArgumentParser:
    purpose, _, codes = (__doc__ or "").rpartition("\n\n")
    parser = Parser("scripts/drift", description=purpose, epilog=codes)
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
    parser.add_argument("--hosts-only", action="store_true", help="compare hosts only; needs no engine and no state")
    return parser


def run(options: argparse.Namespace) -> int:
    require_stack(options.stack)
    plan = stack_plan(options.stack)
    drift = compare(plan, hosts_only=options.hosts_only, as_document=options.json)
    if options.json:
        print(as_json(drift, options.stack))
    else:
        show(drift, options.stack)
    return drift.code


def compare(plan: Plan, *, hosts_only: bool, as_document: bool = False) -> Drift:
    """Everything that differs, but for what the settings ignore. Progress goes to standard error."""

    def told(outcome: Outcome) -> None:
        if not as_document:
            print(f"{outcome.host}: {outcome.summary} ({outcome.seconds:.1f} s)", file=sys.stderr, flush=True)

    on_hosts, outcomes = host_drift(targets(plan), told) if provisioned(plan) else (Drift(), {})
    parts = [on_hosts]
    if not hosts_only:
        unreachable = {name for name, outcome in outcomes.items() if outcome.code is Code.UNREACHABLE}
        with simulated_edge.lasting(plan):
            parts += _of_engine(plan, unreachable)
    return merged(parts).without(plan.environment.drift.ignore)


def _of_engine(plan: Plan, unreachable: Collection[str]) -> list[Drift]:
    try:
        engine = _engine(plan)
        found = engine_drift(engine, unreachable)
    except Failure as failure:
        return [Drift(untold=(Untold(where="engine", cause=str(failure)),))]
    return [found, live_drift(plan, engine, unreachable)]


def _engine(plan: Plan) -> Engine:
    if not plan.rented:
        return Engine(plan.name)
    # Imported here: it brings the provider's client, which most environments do not need.
    from operations.gpu.rented import rented_engine  # noqa: PLC0415

    return rented_engine(plan)


if __name__ == "__main__":
    sys.exit(main())
