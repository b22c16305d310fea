"""The report of a comparison: a table for people, one JSON document for programs."""

from __future__ import annotations

import dataclasses
import json

from rich.markup import escape
from rich.table import Table

from operations.console import console_for
from operations.drift.finding import Drift

HEADINGS = ("WHERE", "WHAT", "DECLARED", "FOUND", "NEXT")


def show(drift: Drift, stack: str) -> None:
    """Findings first, then what could not be told, then one line that sums up."""
    if drift.findings:
        table = Table(title=f"Drift of {stack}")
        for heading in HEADINGS:
            table.add_column(heading, overflow="fold")
        for one in drift.findings:
            table.add_row(*map(escape, (one.where, one.subject, one.declared, one.found, one.remedy)))
        console_for(table).print(table)
    for untold in drift.untold:
        print(f"could not be told: {untold.where}: {untold.cause}")
    ignored = f", ignored: {drift.ignored}" if drift.ignored else ""
    print(f"{stack}: differences: {len(drift.findings)}, could not be told: {len(drift.untold)}{ignored}")


def as_json(drift: Drift, stack: str) -> str:
    findings = [{**dataclasses.asdict(one), "address": one.address} for one in drift.findings]
    untold = [dataclasses.asdict(one) for one in drift.untold]
    return json.dumps(
        {"stack": stack, "code": drift.code, "drift": findings, "untold": untold, "ignored": drift.ignored}
    )
