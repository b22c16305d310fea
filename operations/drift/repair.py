"""What `make up` does about drift that the engine does not see by itself: before its update, and only where needed.

`pulumi up` runs a host's script only when the role has changed, and reads containers only when it is told to refresh.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from hosts.login_command import Mode
from operations.drift.containers import Condition, condition, recorded
from operations.failure import Failure
from operations.host_docker import host_docker
from operations.hosts.blocks import step_line
from operations.hosts.job import Job, look_job, role_job
from operations.hosts.many import run_all
from operations.hosts.outcome import Code, Outcome
from operations.hosts.target import Target, targets
from operations.volume_command import create_volume
from planning.plan import Plan

Resource = Mapping[str, Any]
ALLOWED: Mapping[Mode, tuple[Code, ...]] = {"apply": (Code.OK,), "check": (Code.OK, Code.DIFFERS, Code.FAILED)}
"""A step that cannot look yet, since an earlier one is still to come, stops nobody."""


def repair_hosts(plan: Plan, resources: Sequence[Resource]) -> None:
    """Applies the role of each host that has got this very role before: `pulumi up` would not run it again. The others,
    which it will bring to their role, are only looked at: can one log in, and is there all that they need.

    Prints the steps that changed something. Raises Failure that lists every host that did not come to its role, or
    cannot; all hosts are tried.
    """
    jobs = [_job(target, applied_role(resources, target) == target.digest) for target in targets(plan)]
    outcomes = run_all(jobs, end=_told)
    failed = [outcome for job, outcome in zip(jobs, outcomes, strict=True) if outcome.code not in ALLOWED[job.mode]]
    if failed:
        lines = [f"{outcome.host}: {_reason(outcome)}" for outcome in failed]
        names = " ".join(outcome.host for outcome in failed)
        cause = f"{len(failed)} of {len(jobs)} hosts cannot come to their role:\n    " + "\n    ".join(lines)
        raise Failure(cause, f"mend that; to look again: scripts/host check {names} -s {plan.name}")


def _job(target: Target, applied: bool) -> Job:
    return role_job(target, "apply") if applied else look_job(target)


def applied_role(resources: Iterable[Resource], target: Target) -> str:
    """Digest of the role that the last update brought the host to; empty for none."""
    component, _, _ = target.role_urn.partition("$")
    urn = f"{component}::{target.name}"
    return next((str((one.get("outputs") or {}).get("ready", "")) for one in resources if one["urn"] == urn), "")


def repair_containers(plan: Plan, resources: Sequence[Resource]) -> bool:
    """Starts containers that have been stopped. Gives whether the update has to refresh: to mend what is gone or
    edited, or since there are public names, of which only a refresh can tell.

    Raises Failure for a volume that is gone: an update would put an empty one in its place without a word.
    """
    with ThreadPoolExecutor(max_workers=16) as pool:
        conditions = dict(zip(plan.hosts, pool.map(partial(_condition, plan, resources), plan.hosts), strict=True))
    edited = [f"{host}: {name}" for host, found in conditions.items() for name in found.edited]
    lost = [(host, volume) for host, found in conditions.items() for volume in found.lost]
    if lost:
        names = ", ".join(f"{volume['id']} on {host}" for host, volume in lost)
        commands = [f"{create_volume(str(volume['id']), _labels(volume))}  # on {host}" for host, volume in lost]
        remedy = "\n       ".join(
            ["bring the data back into them, made anew like this; or begin with nothing:", *commands]
        )
        raise Failure(f"volumes are gone, and their data with them: {names}", remedy)
    for name in edited:
        print(f"{name} is gone or was edited: the update puts it right")
    return bool(edited) or any(str(one["type"]).startswith("cloudflare:") for one in resources)


def _condition(plan: Plan, resources: Sequence[Resource], host: str) -> Condition:
    """What has become of the host's containers, once those that only had stopped are started again."""
    known = recorded(resources, host)
    if not known.identifiers:
        return Condition(stopped={}, edited=(), lost=())
    with host_docker(plan.name, plan.hosts, host) as docker:
        found = condition(known, docker.inspect(*known.identifiers))
        if found.stopped and not found.lost:
            docker.run("start", *found.stopped)
            print(f"{host}: started {', '.join(sorted(found.stopped.values()))}", flush=True)
    return found


def _labels(volume: Resource) -> dict[str, str]:
    return {label["label"]: label["value"] for label in volume["inputs"].get("labels") or []}


def _told(outcome: Outcome) -> None:
    for step in outcome.with_status("changed"):
        print(f"{outcome.host}: {step_line(step).strip()}", flush=True)


def _reason(outcome: Outcome) -> str:
    faults = [f"{step.step}: {step.detail}" for step in outcome.with_status("failed")]
    return outcome.error or "; ".join(faults) or f"its script ended with {int(outcome.code)}"
