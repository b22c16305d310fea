"""A preview of dev that finds nothing to do, against one of a program without resources: what the platform adds.

Needs dev to be up and unchanged (`make up`): every timed preview fails when it finds a change. Its real state is
used and left as it is; nothing but the Docker engine's ping is asked of the hosts.
"""

import statistics
from subprocess import CalledProcessError

from bench.measure import Cost, Measurement, arm_check, interleave, run_costed
from bench.projects import RUN_SECONDS, project
from operations.engine import Engine
from operations.failure import Failure
from operations.project import ROOT, state_folder
from operations.stack_config import is_private, private_copy
from toolchain.environment import environment

STACK = "dev"
PREVIEW = ("preview", "--expect-no-changes")


def command() -> list[str]:
    """The CLI's command line as scripts/preview runs it. Raises Failure where dev is not in the backend."""
    if not Engine(STACK).exists():
        raise Failure(f"{STACK} is not in the backend, so its preview would create everything", "make up")
    tracked = ROOT / f"Pulumi.{STACK}.yaml"
    config = ["--config-file", str(private_copy(tracked, state_folder("stacks")))] if is_private(tracked) else []
    return ["pulumi", "-C", str(ROOT), *PREVIEW, *config, "-s", STACK, "--non-interactive"]


def previewed(argv: list[str], variables: dict[str, str]) -> Cost:
    """One preview. Raises Failure when it fails or finds a change."""
    try:
        return run_costed(argv, timeout=RUN_SECONDS, environment=variables)
    except CalledProcessError as error:
        cause = f"the preview of {STACK} fails or finds changes (exit {error.returncode})"
        raise Failure(f"{cause}: {error.stderr.strip()}", f"scripts/preview -s {STACK}, then: make up") from error


def measure() -> Measurement:
    """Wall seconds of the CLI. Raises Failure where dev is not up or not as this checkout wants it."""
    ours, variables = command(), environment()
    cpu: dict[str, list[float]] = {"ours": [], "reference": []}
    with project("") as empty:
        empty.pulumi("stack", "init")
        empty.pulumi("up", "--yes", "--skip-preview")

        def preview() -> float:
            cost = previewed(ours, variables)
            cpu["ours"].append(cost.cpu)
            return cost.wall

        def preview_of_nothing() -> float:
            cost = empty.pulumi(*PREVIEW)
            cpu["reference"].append(cost.cpu)
            return cost.wall

        check = arm_check(preview_of_nothing)
        pair = interleave(preview, preview_of_nothing)
    used = statistics.median(cpu["ours"]), statistics.median(cpu["reference"])
    return pair.measurement("s", check, f"CPU s {used[0]:.2f} / {used[1]:.2f} = {used[0] / used[1]:.2f}")
