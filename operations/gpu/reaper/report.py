"""What a reaper shows of its round."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rich.table import Table

from operations.console import console_for
from operations.gpu.reaper.one_machine import Done
from operations.gpu.reaper.rounds import Round
from providers.tensordock.client.money import hourly

ABSENT = "nothing is rented"


def show(result: Round) -> None:
    """A table for people."""
    table = Table(box=None, pad_edge=False)
    for heading in ("STACK", "MACHINE", "STATE", "PRICE", "DECISION", "WHY"):
        table.add_column(heading, overflow="fold")
    for stack, some in result.done.items():
        for one in some:
            decision = "FAILED" if one.failed else str(one.verdict.action)
            price = hourly(one.machine.hourly_micro_usd)
            table.add_row(stack, one.machine.name, str(one.machine.status), price, decision, one.text)
        if not some:
            table.add_row(stack, "", "", "", "", ABSENT)
    for stack, cause in result.untold.items():
        table.add_row(stack, "", "?", "", "UNKNOWN", cause)
    console_for(table).print(table)


def as_json(result: Round) -> str:
    """One line for programs."""
    machines = [{"stack": stack, **_machine(one)} for stack, some in result.done.items() for one in some]
    return json.dumps({"machines": machines, "untold": result.untold})


def changes(result: Round, before: dict[str, str]) -> Iterator[str]:
    """Lines for a journal: what differs from the last round. `before` is brought up to date."""
    now = {one.machine.name: f"{one.machine.status}: {one.text}" for one in result.machines}
    kinds = {one.machine.name: f"{one.machine.status} {one.verdict.action} {one.failed}" for one in result.machines}
    kinds |= result.untold
    for name, kind in kinds.items():
        if before.get(name) != kind:
            yield f"{name}: {now.get(name, kind)}"
    for name in before.keys() - kinds.keys():
        yield f"{name}: is gone"
    before.clear()
    before.update(kinds)


def _machine(one: Done) -> dict[str, Any]:
    return {
        "name": one.machine.name,
        "instance_id": one.machine.instance_id,
        "status": str(one.machine.status),
        "hourly_micro_usd": one.machine.hourly_micro_usd,
        "decision": str(one.verdict.action),
        "why": one.text,
        "failed": one.failed,
    }
