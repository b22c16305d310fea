"""Starts the rented machine of a workload: shows offers, prices and the budget, asks, rents and brings its stack up.

Exit codes: 2 bad settings or usage, a question and no terminal; 3 a budget is used up; 1 a step failed: run it again.
"""

from __future__ import annotations

import argparse
import sys

from operations.console import console_for
from operations.failure import FAILED, Failure, guarded
from operations.gpu import offers
from operations.gpu.account import TensorDockAccount
from operations.gpu.accounting import accounted, bookkeeper, require_budget
from operations.gpu.budget import Standing
from operations.gpu.consent import agree
from operations.gpu.environments import stack_of
from operations.gpu.machines import OurMachine
from operations.gpu.spend.books import books_of
from operations.gpu.starting import UnfinishedStart
from operations.gpu.telling import tell_findings, tell_running
from operations.stack_plan import stack_plan
from planning.plan import Plan
from providers.tensordock.client.money import hourly
from providers.tensordock.client.status import Status
from toolchain.failures import SETUP_FAILURES


def main() -> int:
    purpose, _, codes = (__doc__ or "").rpartition("\n\n")
    parser = argparse.ArgumentParser(prog="scripts/vm-start.sh", description=purpose, epilog=codes)
    parser.add_argument("workload", metavar="WORKLOAD", help="inference, training: Pulumi.<environment>-WORKLOAD.yaml")
    parser.add_argument("-e", "--environment", default="dev", help="environment of the machine (default: dev)")
    parser.add_argument("--yes", action="store_true", help="rent without asking")
    arguments = parser.parse_args()
    try:
        return guarded(lambda: start(arguments.workload, arguments.environment, yes=arguments.yes))
    except SETUP_FAILURES as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED


def start(workload: str, environment: str, *, yes: bool) -> None:
    """Can be killed and run again at any time: what was begun is gone on with."""
    stack = stack_of(workload, environment)
    plan, books, keeper = stack_plan(stack), books_of(environment), bookkeeper(stack, "vm-start")
    stock, unfinished = keeper.take_stock(always=True), UnfinishedStart(stack)
    tell_findings(stock.findings)
    standings = books.standings(stock.now, stock.facts)
    if _runs(plan, stock.machines) and not unfinished.there:
        tell_running(stack, stock.machines)
        return
    require_budget(stack, standings)
    _show_machines(stock.machines)
    _show_offers(plan, keeper.account, stock.machines)
    print(f"spent so far: {_spent(standings)}", flush=True)
    agree(f"Start {stack}?", yes=yes)
    # Imported here: it brings the engine, which looking at prices does not need.
    from operations.gpu.start import bring_up  # noqa: PLC0415

    unfinished.begin()
    with accounted(keeper) as at_the_end:
        bring_up(stack)
    unfinished.end()
    tell_running(stack, at_the_end[0].machines)


def _runs(plan: Plan, machines: list[OurMachine]) -> bool:
    running = [each for each in machines if each.status is Status.RUNNING]
    return all(any(each.stands_for(name) for each in running) for name in plan.hosts)


def _show_machines(machines: list[OurMachine]) -> None:
    for each in machines:
        print(
            f"{each.name} is {each.status} and costs {hourly(each.hourly_micro_usd)}. If its card is still free it "
            "starts where it is; if not, it is replaced at one of the places below, and what lies on its disk is lost"
        )


def _show_offers(plan: Plan, account: TensorDockAccount, machines: list[OurMachine]) -> None:
    """Raises Failure where nothing is rented yet and nothing can be had."""
    for name, host in plan.hosts.items():
        if host.gpu is None:
            continue
        choice = offers.offers(account, host, host.gpu)
        print(offers.describe(name, host, host.gpu))
        table = offers.offers_table(choice, host.gpu)
        console_for(table).print(table)
        for reason in choice.rejected:
            print(f"  not possible: {reason}")
        if not choice.offers and not machines:
            path = f"Pulumi.{plan.name}.yaml: hosts.{name}.gpu"
            raise Failure(
                f"no place takes {name} now", f"wait, or change max_hourly_usd, minimum_tier or model ({path})"
            )


def _spent(standings: tuple[Standing, ...]) -> str:
    return "; ".join(each.describe() for each in standings) or "no budget is set: nothing stops this but you"


if __name__ == "__main__":
    sys.exit(main())
