"""From the JSON of a preview that changes 5000 resources to the comment: reading, dangers, policy, diff, trimming."""

import json
import random
import statistics
import time
from typing import Any

from bench.measure import Measurement, arm_check, interleave
from operations.project import ROOT
from planning.build import build
from review.comment import LIMIT
from review.plan_summary import summary_of
from review.preview import read_preview
from review.report import Report
from settings.stack_file import read

RESOURCES = 5000
STACK = "prod"
SECRETS = 500
SIZE = 40
"""Properties of each container: about as many as the engine shows of a real one."""


def measure() -> Measurement:
    """Wall seconds of one process that is up. Raises RuntimeError when the comment is not whole."""
    summary = summary_of(build(read(ROOT, STACK).without_secrets(), {}))
    text = preview()
    secrets = frozenset(f"secret-value-{number}" for number in range(SECRETS))

    cpu: list[float] = []

    def report() -> float:
        started, used = time.perf_counter(), time.process_time()
        found = read_preview(text)
        comment, code = Report(stack=STACK, preview=found, summary=summary, base=summary, secrets=secrets).written()
        wall = time.perf_counter() - started
        cpu.append(time.process_time() - used)
        if code != 3 or len(found.changes) != RESOURCES or not 0.9 * LIMIT < len(comment) <= LIMIT:
            raise RuntimeError(f"{len(found.changes)} changes made a comment of {len(comment)} characters, code {code}")
        return wall

    check = arm_check(report)
    pair = interleave(report, lambda: 1.0)
    return pair.measurement("s", check, f"CPU s {statistics.median(cpu):.3f}", f"preview of {len(text) / 1e6:.1f} MB")


def preview() -> str:
    """Containers that are replaced, and every hundredth resource a volume that goes."""
    choice = random.Random(1)
    steps = [_volume(number) if number % 100 == 0 else _container(number, choice) for number in range(RESOURCES)]
    return json.dumps({"steps": steps, "changeSummary": {"same": 100}})


def _container(number: int, choice: random.Random) -> dict[str, Any]:
    old = {f"property{each}": choice.randbytes(24).hex() for each in range(SIZE)}
    new = {**old, "property1": choice.randbytes(24).hex(), "property2": [choice.randbytes(24).hex()]}
    return _step("replace", "docker:index/container:Container", f"service-{number}", old, new)


def _volume(number: int) -> dict[str, Any]:
    return _step("delete", "docker:index/volume:Volume", f"data-{number}", {"name": f"volume-{number}"}, None)


def _step(
    operation: str, type_: str, name: str, old: dict[str, Any] | None, new: dict[str, Any] | None
) -> dict[str, Any]:
    urn = f"urn:pulumi:{STACK}::ai-platform::ai-platform:index:ServiceContainer${type_}::{name}"
    state = {"urn": urn, "custom": True, "type": type_, "parent": urn.replace("$", "-")}
    return {
        "op": operation,
        "urn": urn,
        "oldState": old and {**state, "inputs": old, "outputs": old},
        "newState": new and {**state, "inputs": new, "outputs": new},
        "diffReasons": ["property1", "property2"],
        "replaceReasons": ["property1"],
    }
