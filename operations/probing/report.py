"""How verdicts look: a table for people, a document for programs."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from operations.probing.verdict import State, Verdict, exit_code

if TYPE_CHECKING:
    from rich.table import Table

STYLES = {State.HEALTHY: "green", State.DEGRADED: "yellow", State.UNHEALTHY: "bold red", State.UNKNOWN: "magenta"}


def milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)


def summary(verdicts: Sequence[Verdict]) -> str:
    """Such as "3 healthy, 1 unhealthy"."""
    counts = Counter(verdict.state for verdict in verdicts)
    return ", ".join(f"{counts[state]} {state}" for state in State if counts[state])


def as_json(verdicts: Sequence[Verdict]) -> str:
    """One line: the exit code and every endpoint with its state."""
    rows = [
        {
            "name": verdict.endpoint.name,
            "service": verdict.endpoint.service,
            "host": verdict.endpoint.host,
            "state": verdict.state,
            "latency_ms": milliseconds(verdict.seconds),
            "detail": verdict.detail,
            "url": verdict.endpoint.url + verdict.endpoint.path,
        }
        for verdict in verdicts
    ]
    return json.dumps({"exit_code": exit_code(verdicts), "summary": summary(verdicts), "endpoints": rows})


def as_table(verdicts: Sequence[Verdict]) -> "Table":
    """The same for people. Rich is imported here: a run with --json does not pay for it."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(caption=summary(verdicts), caption_justify="left")
    for heading in ("NAME", "SERVICE", "HOST", "STATE", "LATENCY", "DETAIL", "URL"):
        table.add_column(heading, justify="right" if heading == "LATENCY" else "left", overflow="fold")
    for verdict in verdicts:
        endpoint, latency = verdict.endpoint, milliseconds(verdict.seconds)
        table.add_row(
            Text(endpoint.name), Text(endpoint.service), Text(endpoint.host),
            Text(verdict.state, style=STYLES[verdict.state]), "-" if latency is None else f"{latency} ms",
            Text(verdict.detail), Text(endpoint.url + endpoint.path),
        )  # fmt: skip
    return table
