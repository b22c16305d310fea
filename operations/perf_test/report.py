"""What was measured, as a table or as one JSON line."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.table import Table

from operations.console import console_for
from operations.perf_test.goals import Result

STYLES = {"target": "green", "acceptable": "yellow", "worse": "red", "-": "default"}


def show(results: Sequence[Result], facts: dict[str, object], *, as_json: bool) -> None:
    """`facts` say what was measured on what."""
    if as_json:
        rows = [
            {
                "name": result.goal.name,
                "target_ms": result.goal.target,
                "acceptable_ms": result.goal.acceptable,
                "measured_ms": round(result.measured, 2),
                "verdict": result.verdict,
            }
            for result in results
        ]
        print(json.dumps({**facts, "results": rows}))
        return
    table = as_table(results)
    console_for(table).print(table)
    print(", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in facts.items()))


def as_table(results: Sequence[Result]) -> Table:
    table = Table(title="Embed and rerank (ms)")
    table.add_column("WHAT", overflow="fold")
    for heading in ("TARGET", "ACCEPTABLE", "MEASURED"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("VERDICT", overflow="fold")
    for result in results:
        limits = [f"< {limit:g}" if limit is not None else "" for limit in (result.goal.target, result.goal.acceptable)]
        table.add_row(
            result.goal.name, *limits, f"{result.measured:.1f}", f"[{STYLES[result.verdict]}]{result.verdict}[/]"
        )
    return table
