"""The end of a run on hosts: a table of all of them, or one JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.table import Table

from operations.console import console_for
from operations.hosts.outcome import Outcome, worst


def show_summary(outcomes: Sequence[Outcome]) -> None:
    table = Table()
    for heading in ("HOST", "RESULT", "EXIT", "SECONDS"):
        table.add_column(heading, overflow="fold", justify="right" if heading in ("EXIT", "SECONDS") else "left")
    for outcome in outcomes:
        table.add_row(outcome.host, outcome.summary, str(int(outcome.code)), f"{outcome.seconds:.1f}")
    console_for(table).print(table)


def show_json(outcomes: Sequence[Outcome]) -> None:
    code = int(worst(outcome.code for outcome in outcomes))
    print(json.dumps({"code": code, "hosts": [outcome.as_json() for outcome in outcomes]}))
