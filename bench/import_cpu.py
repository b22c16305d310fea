"""CPU that a fresh interpreter takes to import the program and plan the dev environment, against one large SDK.

Dev has public names, and so takes its part of that SDK; the note says what an environment without any takes.
"""

import statistics
import sys

from bench.measure import Measurement, arm_check, interleave, run_costed

OURS = (sys.executable, "-m", "bench.program_start", "dev")
NAMELESS = (*OURS, "--nameless")
REFERENCE = (sys.executable, "-c", "import pulumi_cloudflare")
RUN_SECONDS = 60
NAMELESS_ROUNDS = 5


def measure() -> Measurement:
    """CPU seconds of whole processes, the interpreter's own start included in both."""
    walls: dict[tuple[str, ...], list[float]] = {OURS: [], REFERENCE: [], NAMELESS: []}

    def arm(command: tuple[str, ...]) -> float:
        cost = run_costed(command, timeout=RUN_SECONDS)
        walls[command].append(cost.wall)
        return cost.cpu

    check = arm_check(lambda: arm(OURS))
    pair = interleave(lambda: arm(OURS), lambda: arm(REFERENCE))
    nameless = statistics.median(arm(NAMELESS) for _ in range(NAMELESS_ROUNDS))
    ours, reference = (statistics.median(walls[command]) for command in (OURS, REFERENCE))
    without = f"without public names CPU s {nameless:.2f}"
    return pair.measurement("CPU s", check, f"{without}; wall s {ours:.2f} / {reference:.2f} = {ours / reference:.3f}")
