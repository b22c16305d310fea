"""`make up`: brings an environment up and proves that it works."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from operations import leftovers, outputs, probing_wait, simulated_edge, simulated_hosts, summary
from operations.data_guard.guard import guard_data, guard_plan
from operations.docker_containers import containers
from operations.drift.live import unlike
from operations.drift.repair import repair_containers, repair_hosts
from operations.edge.before_up import clear_edge
from operations.engine import Engine
from operations.failure import FAILED, Failure, guarded
from operations.handover import hand_over
from operations.installed import installed
from operations.last_words import show_last_words
from operations.lost_host import forget
from operations.migrate import tell_pending
from operations.ports import taken_ports
from operations.project import require_stack
from operations.stack_plan import plan_with_secrets, with_images
from operations.steps import Steps
from planning.plan import Plan
from toolchain import docker_engine
from toolchain.debian_packages import ensure_program
from toolchain.failures import SETUP_FAILURES

QUESTION = "How do I add a service?"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What the operator has agreed to lose: names of services, hosts and volumes."""

    let_go: Sequence[str] = ()
    accept_empty: Sequence[str] = ()


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/up", description=__doc__)
    parser.add_argument("-s", "--stack", default="dev", help="environment to bring up (default: dev)")
    parser.add_argument(
        "--let-go", action="append", default=[], metavar="NAME",
        help="a service or host whose data may leave the platform's care, or a rented machine whose disk may be lost; "
        "may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--accept-empty", action="append", default=[], metavar="NAME",
        help="a service or volume that may begin with nothing; may be repeated",
    )  # fmt: skip
    parser.add_argument("--no-question", action="store_true", help="do not end with a question to the platform")
    arguments = parser.parse_args()
    try:
        consent = Consent(let_go=arguments.let_go, accept_empty=arguments.accept_empty)
        return guarded(lambda: up(arguments.stack, consent, ask=not arguments.no_question))
    except SETUP_FAILURES as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED


def up(stack: str, consent: Consent, *, ask: bool) -> None:
    """Set-up, preflight, engine, probes, summary. Each step says what it does and can be run again."""
    require_stack(stack)
    step = Steps()
    plan = plan_with_secrets(stack)
    if plan.rented:
        # Imported here: it brings the provider's client, which most environments do not need.
        from operations.gpu.start import rent  # noqa: PLC0415

        rent(plan, consent.let_go)
        return
    step("toolchain")
    installed()
    if any(host.ssh for host in plan.hosts.values()):
        ensure_program("ssh", ["openssh-client"])
    Engine(stack).require_unlocked()
    step("Docker engine and images")
    docker_engine.ensure_engine()
    plan = with_images(plan)
    engine = Engine(stack)
    _refuse_containers_of_others(engine, plan)
    _refuse_taken_ports(plan)
    step("simulated hosts")
    for host in simulated_hosts.start(plan):
        forget(engine, plan, host)
    simulated_edge.start(plan)
    step("hosts and their data")
    engine.select()
    leftovers.clear(engine, plan)
    clear_edge(engine, plan)
    refresh = _put_right(engine, plan, consent)
    if any(database.migrations for database in plan.databases):
        step("migrations that are pending")
        tell_pending(plan)
    step(f"pulumi up -s {stack}")
    try:
        # One host that fails half way does not keep the others from theirs; the run still ends as failed.
        engine.stream("up", "--yes", "--skip-preview", "--suppress-outputs", "--continue-on-error", *refresh)
    except Failure:
        show_last_words(stack)
        raise
    outputs.write(stack, engine.outputs())
    step("probes")
    probing_wait.until_healthy(stack)
    summary.show(plan, stack)
    if ask:
        step(f"asking the platform: {QUESTION}")
        summary.ask(stack, QUESTION)
    print(f"\n{stack} is up ({step.seconds:.0f} s)")


def _put_right(engine: Engine, plan: Plan, consent: Consent) -> list[str]:
    """What was changed by hand since the last run is as declared again, and no data is missing.

    Gives the options that the update needs for what only it can mend. Raises Failure before anything is lost.
    """
    guard_plan(engine, plan, consent.let_go)
    repair_hosts(plan, engine.resources())
    guard_data(engine, plan, consent.accept_empty)
    hand_over(plan, engine.resources())
    refresh = ["--refresh"] if repair_containers(plan, engine.resources()) else []
    return [*refresh, *(f"--replace={one.urn}" for one in unlike(plan, engine.resources()))]


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
