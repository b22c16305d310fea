"""What the verbs say of machines."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from operations.gpu.machines import OurMachine
from operations.gpu.spend.reconciling import Finding
from operations.outputs import OutputsError, stack_outputs
from providers.tensordock.client.money import hourly


def tell_findings(findings: Iterable[Finding]) -> None:
    """Where the account and the ledger disagree, on standard error."""
    for each in findings:
        print(f"LEDGER: {each.machine} {each.text}", file=sys.stderr, flush=True)


def tell_running(stack: str, machines: Iterable[OurMachine]) -> None:
    """What runs, what it costs, and how it is used."""
    for each in machines:
        print(f"{each.name} ({each.instance_id}) is {each.status} and costs {hourly(each.hourly_micro_usd)}")
    try:
        endpoints = stack_outputs(stack).endpoints
        print("Services, each on its machine and reached by forwards through ssh:")
        for endpoint in endpoints:
            print(f"  {endpoint['name']:<12} {endpoint['url']} on {endpoint['host']}")
    except OutputsError as error:
        print(f"its services are not known here: {error}")
    environment, _, workload = stack.rpartition("-")
    print("Next:")
    for command, purpose in (
        (f"scripts/gpu-connect {stack}", "hold the forwards open, with the addresses here"),
        (f"scripts/gpu-status -e {environment}", "state, cost and when it stops"),
        (f"scripts/vm-stop.sh {workload} -e {environment}", "stop it"),
    ):
        print(f"  {command:<44} {purpose}")
