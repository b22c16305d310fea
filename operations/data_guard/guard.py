"""Stops `make up` before it loses data: a host or a service that goes with its data, and data that has gone."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from operations.data_guard.held import HeldVolume, Resource, held_volumes
from operations.data_guard.released import released, require_consent, why_released
from operations.data_guard.vanished import GONE, MADE_ANEW, Vanished, filled, vanished
from operations.engine import Engine
from operations.failure import Failure
from operations.host_docker import host_docker
from operations.lost_host import forget, without
from operations.volume_command import create_volume
from planning.plan import Plan

RUNBOOK = "docs/runbooks/keep-data.md"


def guard_plan(engine: Engine, plan: Plan, let_go: Collection[str] = ()) -> None:
    """Raises Failure for data that the plan lets go of without consent. Asks no host.

    Of a host whose name means another machine now the records are dropped once that was agreed to: its services begin
    anew there. Everything else that is let go of the engine takes down by itself, and leaves its volumes.
    """
    found = released(_resources(engine), plan)
    require_consent(found, let_go, plan.name)
    for one in found:
        print(f"let go of: {', '.join(one.volumes) or one.name} stays on {one.host}, to nobody's care", flush=True)
        if one.other_machine:
            forget(engine, plan, one.host)


def guard_data(engine: Engine, plan: Plan, accept_empty: Collection[str] = ()) -> None:
    """Raises Failure when data is not where the state says, or when a host that holds some does not answer.

    Call it when hosts answer, and before anything is changed on them. `accept_empty` names services or volumes that may
    begin with nothing; the record of a volume that is gone is dropped then, so that it is made with its labels.
    """
    resources = _resources(engine)
    volumes = [volume for volume in held_volumes(resources) if not why_released(volume, plan)]
    found = _look(plan, volumes)
    refused = [one for one in found if not {one.volume.name, one.volume.service} & set(accept_empty)]
    if refused:
        raise Failure(
            "data is not where it was, and nothing was changed:\n    " + "\n    ".join(map(_line, refused)),
            "\n       ".join([*_ways_back(refused), _way_on(refused, plan.name)]),
        )
    for one in found:
        print(f"{one.volume.name} on {one.volume.host} is {one.found}: accepted", flush=True)
    gone = {one.volume.urn for one in found if one.found == GONE}
    if gone:
        state = engine.export()
        state["deployment"]["resources"] = without(resources, gone)
        engine.replace_state(json.dumps(state))


def _resources(engine: Engine) -> list[Resource]:
    return list(engine.export()["deployment"].get("resources") or []) if engine.exists() else []


def _look(plan: Plan, volumes: Sequence[HeldVolume]) -> list[Vanished]:
    by_host: dict[str, list[HeldVolume]] = {}
    for volume in volumes:
        by_host.setdefault(volume.host, []).append(volume)
    with ThreadPoolExecutor(max_workers=16) as pool:
        looks = list(pool.map(partial(_look_at, plan, full=filled(volumes, plan)), by_host.items()))
    silent = [f"{host}: {one}" for host, one in zip(by_host, looks, strict=True) if isinstance(one, str)]
    if silent:
        raise Failure(
            "hosts that hold data do not answer, and nothing was changed:\n    " + "\n    ".join(silent),
            f"whether their data is there cannot be told; when they answer, run the same command again: {RUNBOOK}",
        )
    return [one for look in looks if not isinstance(look, str) for one in look]


def _look_at(plan: Plan, held: tuple[str, Sequence[HeldVolume]], full: Collection[str]) -> list[Vanished] | str:
    """What is not there as it was; the cause in words where nobody can tell."""
    host, volumes = held
    try:
        with host_docker(plan.name, plan.hosts, host) as docker:
            return vanished(docker, volumes, full)
    except Failure as failure:
        return str(failure).partition("\n    -> ")[0]


def _line(one: Vanished) -> str:
    return f"{one.volume.name} on {one.volume.host} ({one.volume.service}) is {one.found}"


def _ways_back(refused: Sequence[Vanished]) -> list[str]:
    anew = [one.volume for one in refused if one.found in (GONE, MADE_ANEW)]
    commands = [f"{create_volume(volume.name, volume.labels)}  # on {volume.host}" for volume in anew]
    return [f"restore it from a backup ({RUNBOOK}){', in volumes made like this:' if commands else ''}", *commands]


def _way_on(refused: Sequence[Vanished], stack: str) -> str:
    flags = " ".join(dict.fromkeys(f"--accept-empty {one.volume.service}" for one in refused))
    return f"or begin with what is there: scripts/up -s {stack} {flags}"
