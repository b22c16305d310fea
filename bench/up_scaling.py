"""`up` of 200 resources against 100, each into an empty stack: does a resource cost more in a larger stack?

Components of ten resources each, as the platform's are, without work of their own (a RandomPassword would spend 50 ms
on its hash and hide the rest); the state is in files. A perfect engine doubles the part that depends on the number of
resources; rewriting the whole state at every step tends to four times.
"""

import json
import statistics
from functools import partial

from bench.measure import Measurement, arm_check, interleave
from bench.projects import Project, project

SIZE = 10
PROGRAM = """
import os
import pulumi
import pulumi_random as random

class Group(pulumi.ComponentResource):
    def __init__(self, name, size):
        super().__init__("ai-platform:index:Group", name)
        opts = pulumi.ResourceOptions(parent=self)
        self.texts = [random.RandomString(f"{{name}}-{{key}}", length=32, opts=opts).result for key in range(size)]
        self.register_outputs({{"texts": self.texts}})

for number in range(int(os.environ["GROUPS"])):
    Group(f"group-{{number}}", {size} - 1)
"""


def program() -> str:
    """As many groups as the environment says, of SIZE resources each."""
    return PROGRAM.format(size=SIZE)


def count(exported: str) -> int:
    """Resources of an exported state but for the stack and its providers."""
    resources = json.loads(exported)["deployment"].get("resources", [])
    return sum(not one["type"].startswith("pulumi:") for one in resources)


def up(resources: int, cpu: list[float]) -> float:
    """Wall seconds of `up` into a new stack. Raises RuntimeError when its state does not hold every resource."""
    with project(program(), GROUPS=str(resources // SIZE)) as made:
        made.pulumi("stack", "init")
        cost = made.pulumi("up", "--yes", "--skip-preview")
        _require(made, resources)
    cpu.append(cost.cpu)
    return cost.wall


def _require(made: Project, resources: int) -> None:
    found = count(made.pulumi("stack", "export").output)
    if found != resources:
        raise RuntimeError(f"the state holds {found} resources in place of {resources}")


def measure() -> Measurement:
    """Wall seconds of the CLI."""
    large: list[float] = []
    small: list[float] = []
    check = arm_check(partial(up, 100, small))
    pair = interleave(partial(up, 200, large), partial(up, 100, small))
    used = statistics.median(large), statistics.median(small)
    return pair.measurement("s", check, f"CPU s {used[0]:.2f} / {used[1]:.2f} = {used[0] / used[1]:.2f}")
