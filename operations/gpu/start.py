"""Brings a GPU stack up, and gives it up with its machines. Either can be killed and run again."""

from __future__ import annotations

import shutil
from collections.abc import Collection

from hosts import ssh_config
from operations import leftovers, outputs, probing_wait, summary
from operations.console import console_for
from operations.data_guard.held import held_volumes
from operations.drift.repair import applied_role, repair_containers, repair_hosts
from operations.engine import Engine
from operations.failure import Failure
from operations.gpu import offers
from operations.gpu.account import account_of, understood
from operations.gpu.accounting import accounted, bookkeeper, require_budget
from operations.gpu.environments import environment_of
from operations.gpu.machines import our_machines
from operations.gpu.records import instances
from operations.gpu.rented import make_login_keys, release_account, rented_engine, require_account, simulated
from operations.gpu.replacing import forget, replaced, require_consent
from operations.gpu.spend.books import books_of
from operations.hosts.target import targets
from operations.installed import installed
from operations.project import ROOT
from operations.stack_plan import runnable_plan, stack_plan, with_images
from operations.steps import Steps
from planning.plan import Plan
from providers.tensordock.client.money import hourly
from providers.tensordock.client.status import Status
from providers.tensordock.plugin.record import Record
from providers.tensordock.plugin.removal import remove
from toolchain import docker_engine
from toolchain.debian_packages import ensure_program

REMOVAL_S = 1800.0


def rent(plan: Plan, let_go: Collection[str] = ()) -> None:
    """`scripts/up` of a GPU stack: says what it will cost, then brings it up. `let_go`: hosts whose disks may be lost.

    Raises Failure, with a code of its own where a budget is used up; what may exist then, and what it costs, is said
    and recorded.
    """
    step = Steps()
    plan = _prepared(plan, step)
    step("prices")
    show_prices(plan)
    keeper, books = bookkeeper(plan.name, "up"), books_of(environment_of(plan.name))
    stock = keeper.take_stock(always=True)
    require_budget(plan.name, books.standings(stock.now, stock.facts))
    with accounted(keeper):
        _bring_up(plan, let_go, step)


def bring_up(stack: str, let_go: Collection[str] = ()) -> None:
    """Every machine of the stack runs with its services, and they answer. Rents what is not there, starts what is off.

    Raises Failure; what may exist then, and what it costs, is said and recorded.
    """
    step = Steps()
    _bring_up(_prepared(runnable_plan(stack), step), let_go, step)


def show_prices(plan: Plan) -> None:
    """What each machine will cost, by the offers of now. Raises Failure without an account that takes our token."""
    require_account(plan)
    account = account_of(plan.name)
    for name, host in plan.hosts.items():
        if host.gpu:
            print(offers.describe(name, host, host.gpu), flush=True)
            table = offers.offers_table(offers.offers(account, host, host.gpu), host.gpu)
            console_for(table).print(table)


def tear_down(stack: str) -> None:
    """Destroys the stack with its machines and their disks, whether they run, are off or are gone. Asks nothing."""
    plan = stack_plan(stack)
    if simulated(plan):
        docker_engine.ensure_engine()
    engine = rented_engine(plan)
    engine.require_unlocked()
    engine.select()
    _say_what_goes(engine)
    engine.stream("destroy", "--yes", "--skip-preview")
    _remove_unrecorded(stack)
    outputs.remove(stack)
    for host in plan.hosts:
        shutil.rmtree(ROOT / ssh_config.config_file(stack, host).parent, ignore_errors=True)
    release_account(plan)


def _prepared(plan: Plan, step: Steps) -> Plan:
    if not simulated(plan):
        step("account")
        require_account(plan)
    step("toolchain")
    installed()
    ensure_program("ssh", ["openssh-client"])
    Engine(plan.name).require_unlocked()
    step("Docker engine and images")
    docker_engine.ensure_engine()
    return with_images(plan)


def _bring_up(plan: Plan, let_go: Collection[str], step: Steps) -> None:
    step("machines as they are")
    require_account(plan)
    make_login_keys(plan)
    engine = rented_engine(plan)
    engine.select()
    _refresh(engine)
    _clear_the_way(engine, plan, let_go)
    leftovers.clear(engine, plan)
    refresh = _put_right(engine, plan)
    step(f"pulumi up -s {plan.name}")
    _update(engine, plan, let_go, refresh)
    outputs.write(plan.name, engine.outputs())
    step("probes")
    probing_wait.until_healthy(plan.name)
    summary.show(plan, plan.name)
    print(f"\n{plan.name} is up ({step.seconds:.0f} s)")


def _refresh(engine: Engine) -> None:
    """Reads the machines, and nothing else: what stands on one that is off cannot be read, and is no less there."""
    found = instances(engine.resources())
    if found:
        targets = [part for one in found.values() for part in ("--target", str(one["urn"]))]
        engine.stream("refresh", "--yes", "--skip-preview", *targets)


def _clear_the_way(engine: Engine, plan: Plan, let_go: Collection[str]) -> None:
    """For machines that are gone, or that the update takes others for. Raises Failure before data is lost unasked."""
    forget(engine)
    going = replaced(engine, plan)
    require_consent(going, let_go, plan.name)
    forget(engine, [one.instance_id for one in going])


def _put_right(engine: Engine, plan: Plan) -> list[str]:
    """What was changed by hand on machines that run; gives the options that the update needs for the rest."""
    resources = engine.resources()
    found = instances(resources)
    running = {host for host, one in found.items() if (one.get("outputs") or {}).get("status") == Status.RUNNING}
    if running != set(plan.hosts) or not all(applied_role(resources, target) for target in targets(plan)):
        return []
    repair_hosts(plan, resources)
    return ["--refresh"] if repair_containers(plan, resources) else []


def _update(engine: Engine, plan: Plan, let_go: Collection[str], options: list[str]) -> None:
    """One update; a second one where a card was taken while its machine was off, with another machine."""
    arguments = ("up", "--yes", "--skip-preview", "--suppress-outputs", *options)
    try:
        engine.stream(*arguments)
    except Failure:
        # What was written after the last good update no longer holds; the state does.
        outputs.remove(plan.name)
        found = instances(engine.resources()).values()
        if not any((one.get("outputs") or {}).get("gpuTaken") for one in found):
            raise
        _clear_the_way(engine, plan, let_go)
        engine.stream(*arguments)


def _say_what_goes(engine: Engine) -> None:
    resources = engine.resources()
    for host, one in instances(resources).items():
        known = one.get("outputs") or {}
        volumes = ", ".join(volume.name for volume in held_volumes(resources) if volume.host == host) or "nothing"
        price = hourly(known.get("hourlyMicroUsd"))
        print(f"{host}: {known.get('name')} goes, with its disk; it costs {price} now. On it: {volumes}", flush=True)


def _remove_unrecorded(stack: str) -> None:
    """Removes machines of the stack that its state did not know: an order that was cut off has made them."""
    account = account_of(stack)
    for machine in our_machines(account, reserved=True):
        if machine.stack == stack:
            print(f"{machine.name} was not in the state of {stack}: it is removed", flush=True)
            record = Record(machine.name, machine.instance_id, hourly=machine.hourly_micro_usd)
            with understood():
                remove(account.operation(REMOVAL_S, reserved=True), record)
