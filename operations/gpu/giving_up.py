"""`scripts/down` of a GPU stack: its machines go with their disks, after a yes where there is data on them."""

from __future__ import annotations

import sys

from operations.engine import Engine
from operations.failure import USAGE, Failure
from operations.gpu.accounting import accounted, bookkeeper
from operations.gpu.records import data
from operations.gpu.start import tear_down
from planning.plan import Plan


def give_up(plan: Plan, *, keep_data: bool | None) -> None:
    """`keep_data` is what the command line says; None when it says nothing. Raises Failure when nothing was changed."""
    engine = Engine(plan.name)
    engine.select()
    resources = engine.resources()
    volumes = [f"{volume.name} on {host}" for host in plan.hosts for volume in data(resources, plan, host)]
    if volumes and keep_data is not False:
        _agree(plan.name, ", ".join(volumes), keep_data=keep_data)
    with accounted(bookkeeper(plan.name, "down", reserved=True)):
        tear_down(plan.name)
    print(f"{plan.name} is gone")


def _agree(stack: str, volumes: str, *, keep_data: bool | None) -> None:
    cause = f"the disks go with the machines of {stack}, and with them {volumes}"
    remedy = (
        f"save it first, or stop the machines, which costs their disks only; to lose it: scripts/down -s {stack} -y"
    )
    if keep_data or not sys.stdin.isatty():
        raise Failure(f"{cause}; nothing was changed", remedy, USAGE)
    if input(f"{cause[0].upper()}{cause[1:]}. Destroy them? [y/N] ") not in ("y", "yes"):
        raise Failure("nothing was changed", remedy)
