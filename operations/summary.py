"""What `make up` ends with: services, where to look next, and one question answered by the platform."""

from __future__ import annotations

import subprocess

from operations.edge.told import told
from operations.failure import Failure
from operations.project import ROOT
from planning.placement import serving
from planning.plan import Plan

PAGES = ("open-webui", "mlflow", "web")
ASKED = {"embed", "postgres", "ollama"}


def show(plan: Plan, stack: str) -> None:
    # Those of a rented machine have no address of their own.
    pages = [endpoint for endpoint in plan.endpoints if endpoint["service"] in PAGES and not plan.rented]
    print("\nPages:" if pages else "")
    for endpoint in pages:
        print(f"  {endpoint['name']:<12} {endpoint['url']}")
    for line in told(plan):
        print(line)
    print("Next:")
    question = (f'scripts/ask -s {stack} "QUESTION" [FILE ...]', "ask about this project's documents, or your own")
    for command, purpose in (
        *([question] if can_ask(plan) else []),
        (f"scripts/health -s {stack} --watch", "keep an eye on every service"),
        (f"scripts/check -s {stack}", "placement, fit and cost"),
        (f"make preview STACK={stack}", "what a change would do"),
        *([(f"scripts/gpu-connect {stack}", "its services, on 127.0.0.1, until Ctrl-C")] if plan.rented else []),
        (
            f"make down STACK={stack}",
            "destroy its machines with their disks" if plan.rented else "remove it; data volumes only when you agree",
        ),
    ):
        print(f"  {command:<44} {purpose}")


def can_ask(plan: Plan) -> bool:
    """Whether the environment holds what `scripts/ask` cannot do without. The reranker is no such thing."""
    return {serving(service.kind) for service in plan.services} >= ASKED


def ask(stack: str, question: str) -> None:
    """Raises Failure when the platform cannot answer: then it is not up, whatever its probes say."""
    code = subprocess.run([str(ROOT / "scripts" / "ask"), "-s", stack, question], check=False, timeout=600).returncode
    if code:
        raise Failure("the platform did not answer", f'scripts/ask -s {stack} "{question}"')
