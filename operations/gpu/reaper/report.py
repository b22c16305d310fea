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


Shown = dict[tuple[str, str], str]
"""What a journal has: by stack and machine, and by stack and nothing for what could not be told."""


def changes(result: Round, before: Shown) -> Iterator[str]:
    """Lines for a journal: what differs from the last round. `before` is brought up to date."""
    now: Shown = {(stack, ""): cause for stack, cause in result.untold.items()}
    texts = {(stack, ""): f"{stack} cannot be looked at: {cause}" for stack, cause in result.untold.items()}
    for stack, some in result.done.items():
        for one in some:
            key = (stack, one.machine.name)
            now[key] = f"{one.machine.status} {one.verdict.action} {one.failed}"
            texts[key] = f"{one.machine.name}: {one.machine.status}: {one.text}"
    yield from (texts[key] for key, kind in now.items() if before.get(key) != kind)
    for stack, name in sorted(before.keys() - now.keys()):
        if stack in result.untold:
            # Its machines are as unknown as it is.
            now[stack, name] = before[stack, name]
        else:
            yield f"{name}: is gone" if name else f"{stack} can be looked at again"
    before.clear()
    before.update(now)


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
