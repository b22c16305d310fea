"""From a stack file of 300 hosts and 3000 services to its plan: read, checks, fit, cost, endpoints, one process."""

import statistics
import tempfile
import time
from pathlib import Path

import yaml

from bench.large import PER_HOST, stack_file
from bench.measure import Measurement, arm_check, interleave
from planning.build import build
from planning.cost import costs
from settings.stack_file import read

HOSTS = 300
STACK = "large"


def measure() -> Measurement:
    """Wall seconds. Raises SettingsError when the plan has a problem, RuntimeError when it is not whole."""
    cpu: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / f"Pulumi.{STACK}.yaml"
        file.write_text(yaml.dump(stack_file(HOSTS), Dumper=yaml.CSafeDumper, sort_keys=False))

        def plan() -> float:
            wall, used = time.perf_counter(), time.process_time()
            planned = build(read(folder, STACK), {})
            prices = costs(planned.environment)
            wall, used = time.perf_counter() - wall, time.process_time() - used
            if len(prices) != HOSTS or len(planned.endpoints) != HOSTS * len(PER_HOST) + 1:
                raise RuntimeError(f"{len(prices)} hosts and {len(planned.endpoints)} services were planned")
            cpu.append(used)
            return wall

        check = arm_check(plan)
        pair = interleave(plan, lambda: 1.0)
        size = f"stack file {file.stat().st_size / 1e6:.2f} MB"
    return pair.measurement("s", check, f"CPU s {statistics.median(cpu):.3f}", size)
