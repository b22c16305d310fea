"""Measure what the product promises: `python -m bench.run [NAME ...]`; every goal of bench/goals.jsonl by default.

Each goal has its module bench/<name>.py with `measure() -> Measurement`. The figures go to bench/out/<name>.jsonl and
a table. A missed goal is news, not an error: it fails the run only with --strict. A benchmark that cannot run fails it.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.goals import Goal, read_goals
from bench.measure import Measurement

OUT = Path(__file__).with_name("out")
STYLES = {"goal": "green", "floor": "yellow", "missed": "bold red"}


def write(name: str, measurement: Measurement) -> None:
    """Replace the figures of the last run."""
    OUT.mkdir(exist_ok=True)
    (OUT / f"{name}.jsonl").write_text(json.dumps({"name": name, **asdict(measurement)}) + "\n", encoding="utf-8")


def table(results: Sequence[tuple[Goal, Measurement]]) -> Table:
    """Every figure beside its goal, its floor and how it was measured."""
    shown = Table(title="Benchmarks: ours / reference", title_justify="left")
    for heading in ("NAME", "OURS", "REFERENCE", "UNIT", "RATIO", "GOAL", "FLOOR", "VERDICT", "NOTE"):
        shown.add_column(heading, justify="right" if heading in ("OURS", "REFERENCE", "RATIO") else "left")
    for goal, measured in results:
        sign, verdict = "<=" if goal.better == "lower" else ">=", goal.verdict(measured)
        shown.add_row(
            goal.name, f"{measured.ours:.3g}", f"{measured.reference:.3g}", measured.unit, f"{measured.ratio:.3f}",
            f"{sign} {goal.goal:g}", f"{sign} {goal.floor:g}", f"[{STYLES[verdict]}]{verdict}[/]", measured.note,
        )  # fmt: skip
    return shown


def main(argv: Sequence[str] | None = None) -> int:
    """0 all measured; 1 a benchmark failed, or with --strict a floor was missed; 2 unknown name."""
    goals = read_goals()
    parser = argparse.ArgumentParser("bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(goals)}")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a floor is missed")
    options = parser.parse_args(argv)
    if unknown := set(options.names) - goals.keys():
        parser.error(f"no goal is named {', '.join(sorted(unknown))}; there are: {', '.join(goals)}")
    results, failures = [], 0
    for name in options.names or goals:
        print(f"measuring {name}: {goals[name].ours} against {goals[name].reference}", file=sys.stderr, flush=True)
        try:
            measurement: Measurement = importlib.import_module(f"bench.{name}").measure()
        except Exception as fault:  # noqa: BLE001 - one benchmark that fails must not cost the figures of the others
            print(f"{name} could not be measured: {type(fault).__name__}: {fault}", file=sys.stderr)
            failures += 1
            continue
        write(name, measurement)
        results.append((goals[name], measurement))
    (Console() if sys.stdout.isatty() else Console(width=240)).print(table(results))
    missed = any(goal.verdict(measured) == "missed" for goal, measured in results)
    return int(bool(failures) or (options.strict and missed))


if __name__ == "__main__":
    sys.exit(main())
