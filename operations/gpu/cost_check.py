"""What rented machines have cost today and this month, from the spend ledger, checked against the account.

Exit codes: 0 all is as the ledger has it; 2 the account shows a machine or a price that the ledger did not expect, or a
machine without a stack; 1 something could not be told, or bad usage.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from operations.console import console_for
from operations.failure import FAILED, USAGE, Failure
from operations.gpu.cost_report import CostReport, cost_table, machine_table
from operations.gpu.environments import environment_of, environments, gpu_stacks, require_told
from operations.gpu.looking import Looked, foreign, look, orphans
from operations.gpu.machines import OurMachine
from operations.gpu.spend.books import books_of
from operations.gpu.spend.forecast import forecast
from operations.project import stack_names
from operations.telling import Parser, telling
from providers.tensordock.client.money import hourly

DIFFERS = 2


def main() -> int:
    purpose, _, codes = (__doc__ or "").rpartition("\n\n")
    parser = Parser("scripts/cost-check.sh", description=purpose, epilog=codes)
    parser.add_argument("-e", "--environment", help="this one only (default: all that have a GPU stack)")
    parser.add_argument("--json", action="store_true", help="print one JSON document; money in millionths of a dollar")
    arguments = parser.parse_args()
    return telling(lambda: check(arguments.environment, as_json=arguments.json))


def check(environment: str | None, *, as_json: bool) -> int:
    """Looks at every stack once, whatever becomes of the others."""
    names = chosen(environment)
    looked = [look(stack, "cost-check") for stack in gpu_stacks() if environment_of(stack) in names]
    reports = [report(name, [each for each in looked if environment_of(each.stack) == name]) for name in names]
    strays, others = orphans(looked, gpu_stacks()), foreign(looked)
    if as_json:
        document = {
            "environments": [each.as_json() for each in reports],
            "without_stack": [asdict(each) for each in strays],
            "foreign": others,
        }
        print(json.dumps(document, indent=2))
    else:
        _show(reports, strays, others)
    if any(each.untold for each in reports):
        return FAILED
    return DIFFERS if strays or any(each.findings for each in reports) else 0


def chosen(environment: str | None) -> list[str]:
    """The environments to look at. Raises Failure for one that rents nothing, SettingsError where nobody can tell."""
    if environment is None:
        return environments()
    if not gpu_stacks(environment):
        for stack in stack_names():
            if environment_of(stack) == environment:
                require_told(stack)
        raise Failure(
            f"{environment} has no GPU stack (known: {', '.join(environments()) or 'none'})",
            f"a GPU stack is a file Pulumi.{environment}-<workload>.yaml with a host of `kind: gpu_vm`",
            USAGE,
        )
    return [environment]


def report(environment: str, looked: list[Looked]) -> CostReport:
    """What is known of one environment. Its stacks are all looked at."""
    books = books_of(environment)
    now = max(each.now for each in looked)
    facts = books.ledger.facts()
    spent, rate = books.spent(now, facts), books.rate(facts)
    return CostReport(
        environment=environment,
        spent=spent,
        standings=books.standings(now, facts),
        rate=rate,
        forecast=forecast(spent.this_month, rate, now),
        machines=tuple(machine for each in looked for machine in each.machines),
        findings=tuple(f"{one.machine} {one.text}" for each in looked if each.stock for one in each.stock.findings),
        untold=tuple(f"{each.stack}: {each.untold}" for each in looked if each.untold),
        no_account=tuple(each.stack for each in looked if not each.stock and not each.untold),
    )


def _show(reports: list[CostReport], strays: list[OurMachine], others: int) -> None:
    tables = [cost_table(reports)]
    if any(each.machines for each in reports):
        tables.append(machine_table(reports))
    for table in tables:
        console_for(table).print(table)
    for one in reports:
        for finding in one.findings:
            print(f"LEDGER AND ACCOUNT DISAGREE: {finding}")
        for stack in one.no_account:
            print(f"{stack}: no account is set up here, and nothing was rented from here")
        for untold in one.untold:
            print(f"could not be told: {untold}")
    for stray in strays:
        price = hourly(stray.hourly_micro_usd)
        print(
            f"WITHOUT A STACK: {stray.name} ({stray.instance_id}) is {stray.status}, costs {price}: scripts/gpu-sweep"
        )
    if others:
        print(f"machines of others in these accounts: {others}")


if __name__ == "__main__":
    sys.exit(main())
