"""Rented machines: state, price, use and cost of each, and when it is stopped."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from rich.markup import escape
from rich.table import Table

from operations.console import console_for
from operations.failure import FAILED
from operations.gpu.cost_check import chosen
from operations.gpu.environments import environment_of, gpu_stacks
from operations.gpu.idle import idle_seconds
from operations.gpu.looking import Looked, foreign, look, orphans
from operations.gpu.machines import OurMachine
from operations.gpu.spend.books import Books, books_of
from operations.gpu.spend.fact import Fact
from operations.gpu.spend.money import price, usd
from operations.gpu.spend.summing import spent
from operations.gpu.telling import tell_findings
from operations.project import ROOT
from operations.telling import Parser, telling
from settings.stack_file import read

HEADINGS = ("NAME", "STATE", "GPU", "PRICE/H", "IDLE", "COST TODAY", "MONTH", "CAP", "AUTOSTOP")
FIGURES = HEADINGS[3:8]


def main() -> int:
    parser = Parser("scripts/gpu-status", description=__doc__ or "")
    parser.add_argument("-e", "--environment", help="this one only (default: all that have a GPU stack)")
    arguments = parser.parse_args()
    return telling(lambda: status(arguments))


def status(options: argparse.Namespace) -> int:
    """Prints the table; 1 where something could not be told."""
    names = chosen(options.environment)
    looked = [look(stack, "gpu-status") for stack in gpu_stacks() if environment_of(stack) in names]
    table = Table(title="Rented machines (USD)")
    for heading in HEADINGS:
        table.add_column(heading, justify="right" if heading in FIGURES else "left", overflow="fold")
    for each in looked:
        for row in _rows(each):
            table.add_row(*map(escape, row))
    console_for(table).print(table)
    for each in looked:
        if each.stock:
            tell_findings(each.stock.findings)
        if each.untold:
            print(f"{each.stack} could not be told: {each.untold}", file=sys.stderr)
    _others(looked)
    return FAILED if any(each.untold for each in looked) else 0


def _rows(looked: Looked) -> Iterable[tuple[str, ...]]:
    books = books_of(environment_of(looked.stack))
    facts = [each for each in books.ledger.facts() if each.stack == looked.stack]
    for machine in looked.machines:
        its = [each for each in facts if each.machine == machine.instance_id]
        yield _row(f"{looked.stack}/{machine.resource}", machine, books, its, looked.now)
    earlier = [each for each in facts if each.machine not in {one.instance_id for one in looked.machines}]
    if earlier or not looked.machines:
        yield (looked.stack, looked.state, "-", "-", "-", *_cost(books, earlier, looked.now), _cap(books), "-")


def _row(name: str, machine: OurMachine, books: Books, facts: list[Fact], now: int) -> tuple[str, ...]:
    idle = None if machine.stopped else idle_seconds(machine)
    shown = "-" if idle is None else f"{idle // 60:.0f} min"
    costs = _cost(books, facts, now)
    autostop = _autostop(machine, idle)
    return (
        name,
        str(machine.status),
        machine.gpu,
        price(machine.hourly_micro_usd),
        shown,
        *costs,
        _cap(books),
        autostop,
    )


def _cost(books: Books, facts: list[Fact], now: int) -> tuple[str, str]:
    found = spent(facts, now, books.assumed)
    return usd(found.today), usd(found.this_month)


def _cap(books: Books) -> str:
    """What the environment may spend in a day and in a month."""
    return "none" if books.budget is None else f"{books.budget.day_usd:g}/{books.budget.month_usd:g}"


def _autostop(machine: OurMachine, idle: float | None) -> str:
    if machine.stopped:
        return "-"
    hosts = read(ROOT, machine.stack or "").environment.hosts
    minutes = next(
        (host.gpu.idle_minutes for name, host in hosts.items() if host.gpu and machine.stands_for(name)), None
    )
    if minutes is None:
        return "-"
    return f"after {minutes} min idle" if idle is None else f"in {max(0.0, minutes - idle / 60):.0f} min"


def _others(looked: list[Looked]) -> None:
    for stray in orphans(looked, gpu_stacks()):
        cost = price(stray.hourly_micro_usd)
        print(f"WITHOUT A STACK: {stray.name} is {stray.status}, costs {cost} USD an hour: scripts/gpu-sweep")
    if count := foreign(looked):
        print(f"machines of others in these accounts: {count}")


if __name__ == "__main__":
    sys.exit(main())
