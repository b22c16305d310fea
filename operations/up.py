"""`make up`: brings an environment up and proves that it works."""

from __future__ import annotations

import argparse
import sys
import time

from operations import leftovers, outputs, probing_wait, simulated_hosts, summary
from operations.docker_containers import containers
from operations.engine import Engine
from operations.failure import FAILED, Failure, guarded
from operations.installed import installed
from operations.last_words import show_last_words
from operations.lost_host import forget
from operations.ports import taken_ports
from operations.project import ROOT, require_stack
from planning.build import build
from planning.plan import Plan
from planning.runnable import require_runnable
from settings.stack_file import read
from toolchain import docker_engine
from toolchain.debian_packages import ensure_program
from toolchain.failures import SETUP_FAILURES
from toolchain.image_references import ensure_environment, references

QUESTION = "How do I add a service?"


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/up", description=__doc__)
    parser.add_argument("-s", "--stack", default="dev", help="environment to bring up (default: dev)")
    parser.add_argument("--no-question", action="store_true", help="do not end with a question to the platform")
    arguments = parser.parse_args()
    try:
        return guarded(lambda: up(arguments.stack, ask=not arguments.no_question))
    except SETUP_FAILURES as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED


def up(stack: str, *, ask: bool) -> None:
    """Set-up, preflight, engine, probes, summary. Each step says what it does and can be run again."""
    require_stack(stack)
    started = time.monotonic()
    plan = _plan(stack)
    step("toolchain", started)
    installed()
    if any(host.ssh for host in plan.hosts.values()):
        ensure_program("ssh", ["openssh-client"])
    Engine(stack).require_unlocked()
    step("Docker engine and images", started)
    docker_engine.ensure_engine()
    plan = _with_images(plan)
    engine = Engine(stack)
    _refuse_containers_of_others(engine, plan)
    _refuse_taken_ports(plan)
    step("simulated hosts", started)
    for host in simulated_hosts.start(plan):
        forget(engine, plan, host)
    step(f"pulumi up -s {stack}", started)
    engine.select()
    leftovers.clear(engine, plan)
    try:
        engine.stream("up", "--yes", "--skip-preview", "--suppress-outputs")
    except Failure:
        show_last_words(stack)
        raise
    outputs.write(stack, engine.outputs())
    step("probes", started)
    probing_wait.until_healthy(stack)
    summary.show(plan, stack)
    if ask:
        step(f"asking the platform: {QUESTION}", started)
        summary.ask(stack, QUESTION)
    print(f"\n{stack} is up ({time.monotonic() - started:.0f} s)")


def step(name: str, started: float) -> None:
    print(f"\n== {name} ({time.monotonic() - started:.0f} s)", flush=True)


def _plan(stack: str) -> Plan:
    parsed = read(ROOT, stack)
    plan = build(parsed, references(parsed.environment.images.source))
    require_runnable(plan, parsed.file)
    return plan


def _with_images(plan: Plan) -> Plan:
    names = {service.container.image_name for service in plan.services if service.container}
    simulated = any(host.simulated for host in plan.hosts.values())
    ensure_environment(names, plan.environment.images.source, simulated=simulated)
    return _plan(plan.name)


def _refuse_containers_of_others(engine: Engine, plan: Plan) -> None:
    """Names of containers are fixed: two checkouts cannot both bring up an environment of one name."""
    found = [container["Name"].lstrip("/") for container in containers(plan.name)]
    if found and not engine.exists():
        raise Failure(
            f"an environment {plan.name} runs here already, and this checkout knows nothing of it: {', '.join(found)}",
            f"run `make down STACK={plan.name}` in the checkout that made it, or remove these containers",
        )


def _refuse_taken_ports(plan: Plan) -> None:
    taken = taken_ports(plan)
    if taken:
        lines = [f"{port.address}:{port.port} ({port.service}) is held by {port.holder}" for port in taken]
        raise Failure(
            "ports are taken, nothing was changed:\n    " + "\n    ".join(lines),
            f"stop what holds them, or set services.<name>.port in Pulumi.{plan.name}.yaml",
        )


if __name__ == "__main__":
    sys.exit(main())
