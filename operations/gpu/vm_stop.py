"""Stops the rented machine of a workload and says what it costs then; --destroy gives it up with its disk.

Exit codes: 4 a machine could not be stopped, 5 it is stopped and its card is paid for all the same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from operations.failure import Failure, guarded
from operations.gpu import held_models
from operations.gpu.account import is_simulated
from operations.gpu.accounting import accounted, bookkeeper
from operations.gpu.consent import agree
from operations.gpu.environments import stack_of
from operations.gpu.exit_codes import METER_GOES_ON
from operations.gpu.looking import never_rented
from operations.gpu.machines import OurMachine
from operations.gpu.spend.bookkeeper import Bookkeeper
from operations.gpu.spend.summing import highest_price
from operations.gpu.starting import UnfinishedStart
from operations.gpu.stopping import Meter, StopOutcome, stop
from operations.gpu.telling import tell_findings
from providers.tensordock.client.money import hourly

SOURCE = "vm-stop"


def main() -> int:
    purpose, _, codes = (__doc__ or "").rpartition("\n\n")
    parser = argparse.ArgumentParser(prog="scripts/vm-stop.sh", description=purpose, epilog=codes)
    parser.add_argument("workload", metavar="WORKLOAD", help="inference, training: Pulumi.<environment>-WORKLOAD.yaml")
    parser.add_argument("-e", "--environment", default="dev", help="environment of the machine (default: dev)")
    parser.add_argument("--destroy", action="store_true", help="remove the machine, its disk and its stack")
    parser.add_argument("--yes", action="store_true", help="destroy without asking")
    arguments = parser.parse_args()
    return guarded(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    stack = stack_of(arguments.workload, arguments.environment)
    if not arguments.destroy:
        return switch_off(stack)
    destroy(stack, yes=arguments.yes)
    return 0


def switch_off(stack: str) -> int:
    """Stops every machine of the stack. Raises CannotStop for the first one that it cannot stop, after the others."""
    # A simulated account is not started to look into it; that a real one has no token here proves nothing.
    if is_simulated(stack) and never_rented(stack):
        return _nothing(stack)
    keeper = bookkeeper(stack, SOURCE, reserved=True)
    machines = _existing(keeper)
    if not machines:
        return _nothing(stack)
    outcomes, failures = _stop_all(keeper, machines)
    UnfinishedStart(stack).end()
    for outcome in outcomes:
        _tell(stack, outcome)
    if failures:
        for failure in failures[1:]:
            print(f"error: {failure}", file=sys.stderr)
        raise failures[0]
    return METER_GOES_ON if any(outcome.meter_goes_on for outcome in outcomes) else 0


def destroy(stack: str, *, yes: bool) -> None:
    """Removes the stack with its machines. Raises Failure when a machine is still there afterwards."""
    keeper = bookkeeper(stack, SOURCE, reserved=True)
    for each in _existing(keeper):
        print(f"{each.name} ({each.instance_id}) is {each.status} and costs {hourly(each.hourly_micro_usd)}")
    agree(f"Destroy {stack}? Everything on its disk is lost: models, databases, experiments.", yes=yes)
    # Imported here: it brings the engine, which a stop does not need.
    from operations.gpu.start import tear_down  # noqa: PLC0415

    with accounted(keeper) as at_the_end:
        tear_down(stack)
    UnfinishedStart(stack).end()
    if left := at_the_end[0].machines:
        names = ", ".join(f"{each.name} ({each.status}, {hourly(each.hourly_micro_usd)})" for each in left)
        raise Failure(f"{stack} is destroyed, and these machines are still there: {names}", "scripts/gpu-sweep")
    print(f"{stack}: nothing is rented any more")


def _nothing(stack: str) -> int:
    print(f"{stack}: nothing is rented")
    return 0


def _existing(keeper: Bookkeeper) -> list[OurMachine]:
    """The stack's machines, their models written down; where the account cannot list them, those of the ledger."""
    try:
        stock = keeper.take_stock()
    except Failure as failure:
        believed = keeper.believed()
        if not believed:
            raise
        print(f"{failure}\n    -> going by the ledger: {', '.join(each.name for each in believed)}", file=sys.stderr)
        return believed
    tell_findings(stock.findings)
    held_models.write_down(keeper.stack, stock.machines)
    return stock.machines


def _stop_all(keeper: Bookkeeper, machines: Sequence[OurMachine]) -> tuple[list[StopOutcome], list[Failure]]:
    outcomes: list[StopOutcome] = []
    failures: list[Failure] = []
    facts = keeper.ledger.readable()
    for machine in machines:
        print(f"stopping {machine.name} ({machine.status}, {hourly(machine.hourly_micro_usd)})", flush=True)
        try:
            running = highest_price(facts, machine.instance_id)
            outcomes.append(stop(keeper.account, machine, keeper.saw, running=running))
        except Failure as failure:
            failures.append(failure)
    return outcomes, failures


def _tell(stack: str, outcome: StopOutcome) -> None:
    name, now = outcome.machine.name, hourly(outcome.machine.hourly_micro_usd)
    if outcome.gone:
        print(f"{name} is gone: it costs nothing, and `scripts/vm-start.sh` makes another one")
        return
    print(f"{name} is {outcome.machine.status}; two reads agree that it costs {now}")
    environment, _, workload = stack.rpartition("-")
    give_up = f"scripts/vm-stop.sh {workload} -e {environment} --destroy"
    if outcome.meter is Meter.GOES_ON:
        print(
            f"THE METER GOES ON: {name} is stopped and still costs {now}, its card is paid for. Only this ends it (its "
            f"disk is lost):\n    {give_up}",
            file=sys.stderr,
            flush=True,
        )
    elif outcome.meter is Meter.UNTOLD:
        print(f"nobody can tell whether its card is still paid for: look at the dashboard, or {give_up}")
    else:
        print(f"Its disk stays, with all that lies on it. To end the rest of the cost: {give_up}")


if __name__ == "__main__":
    sys.exit(main())
