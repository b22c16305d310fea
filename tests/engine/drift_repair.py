"""What `up` does about drift and its update, without all that `up` does beside."""

from __future__ import annotations

import subprocess

from tests.engine.checkout import Checkout

REPAIR = """
import sys
from operations.drift.repair import repair_containers, repair_hosts
from operations.engine import Engine
from operations.failure import guarded
from operations.stack_plan import stack_plan

def repair():
    plan, engine = stack_plan(sys.argv[1]), Engine(sys.argv[1])
    resources = engine.export()["deployment"].get("resources", [])
    repair_hosts(plan, resources)
    refresh = ["--refresh"] if repair_containers(plan, resources) else []
    engine.stream("up", "--yes", "--skip-preview", "--suppress-outputs", *refresh)

sys.exit(guarded(repair))
"""


def repair(checkout: Checkout, code: int = 0) -> str:
    """All that it said. Fails when it ends with another code."""
    done = subprocess.run(
        [str(checkout.root / ".venv" / "bin" / "python"), "-c", REPAIR, checkout.stack], cwd=checkout.root,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr
