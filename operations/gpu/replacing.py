"""Before an update: what becomes of the machines, and what is lost with a disk."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from operations.engine import Engine
from operations.failure import Failure
from operations.gpu.records import INSTANCE, data, instances, of_lost_machines
from operations.lost_host import without
from planning.plan import Plan

PREVIEW_S = 180.0
REPLACING = frozenset({"replace", "create-replacement", "delete-replaced"})


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """A machine that the next update takes another one for, or none: `removed`.

    `reasons`: properties that cannot be changed in place.
    """

    host: str
    instance_id: str
    reasons: tuple[str, ...]
    volumes: tuple[str, ...]
    """Data that nothing brings back."""
    removed: bool = False

    @property
    def cause(self) -> str:
        """Why, in words."""
        if self.removed:
            return "it is no longer among the hosts of the settings"
        if "running" in self.reasons:
            return "its card was taken by somebody else while it was off"
        return f"{', '.join(self.reasons) or 'something'} of it cannot be changed in place"


def replaced(engine: Engine, plan: Plan) -> list[Replaced]:
    """Machines whose host the plan no longer has, and those that a preview of the others alone shows.

    Raises Failure where the engine cannot say.
    """
    resources = engine.resources()
    known = {str(one["urn"]): (host, one) for host, one in instances(resources).items()}
    staying = [urn for urn, (host, _) in known.items() if host in plan.hosts]
    reasons = _previewed(engine, plan, staying) if staying else {}
    return [
        Replaced(
            host=host,
            instance_id=str((one.get("outputs") or {}).get("instanceId", "")),
            reasons=reasons.get(urn, ()),
            volumes=tuple(volume.name for volume in data(resources, plan, host)),
            removed=urn not in staying,
        )
        for urn, (host, one) in known.items()
        if urn in reasons or urn not in staying
    ]


def _previewed(engine: Engine, plan: Plan, urns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Of those machines that are replaced: why."""
    targets = [part for urn in urns for part in ("--target", urn)]
    done = engine.attempt("preview", "--json", *targets, *engine.options, seconds=PREVIEW_S)
    if done.returncode:
        raise Failure(f"pulumi preview of {plan.name}: {_words(done.stdout, done.stderr)}", "mend that, then run again")
    return {
        str(step["urn"]): tuple(step.get("replaceReasons") or ())
        for step in json.loads(done.stdout).get("steps") or []
        if step["op"] in REPLACING and step["urn"] in urns
    }


def require_consent(found: Sequence[Replaced], let_go: Collection[str], stack: str) -> None:
    """Raises Failure for a disk with data that nobody has agreed to lose; says what goes otherwise."""
    refused = [one for one in found if one.volumes and one.host not in let_go]
    if refused:
        lines = [f"{one.host}: {one.cause}; lost with it: {', '.join(one.volumes)}" for one in refused]
        flags = " ".join(f"--let-go {one.host}" for one in refused)
        raise Failure(
            "machines would be replaced or given up, and their disks lost; nothing was changed:\n    "
            + "\n    ".join(lines),
            f"save the data first, or change the settings back; to lose it: scripts/up -s {stack} {flags}",
        )
    for one in found:
        after = "with its disk" if one.removed else "what lay on its disk is made or fetched anew"
        print(f"{one.host} is {'given up' if one.removed else 'replaced'}, {one.cause}; {after}", flush=True)


def forget(engine: Engine, going: Collection[str] = ()) -> None:
    """Drops the records of what stood on machines that are gone, or `going`, the API's ids of those that go now.

    With the disk it is gone already: to take it down one would have to log in to a machine that is not there.
    """
    state = engine.export()
    resources = state["deployment"].get("resources") or []
    ids = {str((one.get("outputs") or {}).get("instanceId")) for one in instances(resources).values()}
    gone = of_lost_machines(resources, ids - set(going))
    if gone:
        state["deployment"]["resources"] = without(resources, gone)
        engine.replace_state(json.dumps(state))
        print(f"{len(gone)} records of what stood on a machine that is gone are dropped from the state", flush=True)


def forget_orders(engine: Engine) -> None:
    """Drops the engine's notes of orders that were cut off, once a later run has gone on with them or removed them."""
    state = engine.export()
    pending = state["deployment"].get("pending_operations") or []
    others = [one for one in pending if one["resource"]["type"] != INSTANCE]
    if len(others) < len(pending):
        state["deployment"]["pending_operations"] = others
        engine.replace_state(json.dumps(state))


def _words(output: str, said: str) -> str:
    """What went wrong, from the diagnostics of a preview in JSON, or as it was said."""
    try:
        diagnostics = json.loads(output).get("diagnostics") or []
    except ValueError:
        diagnostics = []
    errors = [str(one["message"]).strip() for one in diagnostics if one.get("severity") == "error"]
    return "\n".join(errors) or said.strip() or output.strip()
