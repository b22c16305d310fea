"""What `make up` ends with: services, where to look next, and one question answered by the platform."""

from __future__ import annotations

import subprocess

from operations.failure import Failure
from operations.project import ROOT
from planning.plan import Plan

PAGES = ("open-webui", "mlflow", "web")


def show(plan: Plan, stack: str) -> None:
    print("\nPages:")
    for endpoint in plan.endpoints:
        if endpoint["service"] in PAGES:
            print(f"  {endpoint['name']:<12} {endpoint['url']}")
    print("Next:")
    for command, purpose in (
        (f'scripts/ask -s {stack} "QUESTION" [FILE ...]', "ask about this project's documents, or your own"),
        (f"scripts/health -s {stack} --watch", "keep an eye on every service"),
        (f"scripts/check -s {stack}", "placement, fit and cost"),
        (f"make preview STACK={stack}", "what a change would do"),
        (f"make down STACK={stack}", "remove it; data volumes only when you agree"),
    ):
        print(f"  {command:<44} {purpose}")


def ask(stack: str, question: str) -> None:
    """Raises Failure when the platform cannot answer: then it is not up, whatever its probes say."""
    code = subprocess.run([str(ROOT / "scripts" / "ask"), "-s", stack, question], check=False, timeout=600).returncode
    if code:
        raise Failure("the platform did not answer", f'scripts/ask -s {stack} "{question}"')
