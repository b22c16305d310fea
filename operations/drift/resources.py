"""Reads what `pulumi refresh --preview-only --json` prints. Pure.

Seen with CLI 3.250: a list of `steps`, one for each resource, with `op` refresh where nothing differs, update with a
`detailedDiff` by property, or delete for what is gone; `oldState` is the record, `newState` what is there. What could
not be read has a step like any other, and an entry in `diagnostics`. Secrets are shown as [secret].
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from operations.drift.finding import Drift, Finding, Untold

Step = Mapping[str, Any]

WIDEST = 120
"""Characters of a value that a report shows."""
DOCKER_HOST = re.compile(r"::pulumi:providers:docker::docker-([a-z0-9-]+)(::|$)")
CONTAINER = "docker:index/container:Container"
NOISE = re.compile(r"^(error: )?(Preview failed: |preview failed)")


def resource_drift(printed: Mapping[str, Any], stack: str) -> Drift:
    """Differences of the engine's resources, and those that could not be read."""
    steps = list(printed.get("steps") or [])
    findings = tuple(finding for step in steps for finding in _findings(step, f"make up STACK={stack}"))
    places = {step["urn"]: _where(step) for step in steps}
    return Drift(findings=findings, untold=tuple(_untold(printed.get("diagnostics") or [], places)))


def _findings(step: Step, remedy: str) -> Iterator[Finding]:
    where, urn = _where(step), str(step["urn"])
    for what, declared, found in _differences(step):
        yield Finding(
            where=where, urn=urn, what=what, declared=_shown(declared), found=_shown(found), remedy=remedy
        )  # fmt: skip


def _differences(step: Step) -> Iterator[tuple[str, Any, Any]]:
    """What differs, as it is declared, as it is."""
    old, new = step.get("oldState") or {}, step.get("newState")
    if step["op"] == "delete" or new is None:
        yield "existence", "there", "gone"
        return
    before = {**(old.get("outputs") or {}), **(old.get("inputs") or {})}
    after = new.get("outputs") or {}
    if before.get("mustRun") is True and after.get("mustRun") is False:
        # Its ports and its addresses are gone with it; they are no differences of their own.
        yield "state", "running", "stopped"
        return
    yield from ((what, before.get(what), after.get(what)) for what in _properties(step))
    if old.get("type") == CONTAINER:
        yield from _left_networks(before, after)


def _properties(step: Step) -> list[str]:
    if step["op"] in ("refresh", "same"):
        return []
    detailed = step.get("detailedDiff")
    if detailed is not None:
        return sorted({re.split(r"[.\[]", path)[0] for path in detailed})
    # Only what is declared: other properties (addresses, times) change by themselves.
    declared, before, after = step["oldState"]["inputs"], step["oldState"]["outputs"], step["newState"]["outputs"]
    return sorted(name for name in declared if before.get(name) != after.get(name))


def _left_networks(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The provider never reads `networksAdvanced` back."""
    wanted = sorted(network["name"] for network in before.get("networksAdvanced") or [])
    found = sorted(network["networkName"] for network in after.get("networkDatas") or [])
    if not set(wanted) <= set(found):
        yield "networks", wanted, found


def _where(step: Step) -> str:
    """The host of a Docker resource; else the package that the resource belongs to."""
    of_docker = DOCKER_HOST.search(str(step.get("provider") or step["urn"]))
    if of_docker:
        return of_docker[1]
    package = str((step.get("oldState") or {}).get("type", "")).partition(":")[0]
    return package or "engine"


def _untold(diagnostics: list[Mapping[str, Any]], places: Mapping[str, str]) -> Iterator[Untold]:
    for one in diagnostics:
        if one.get("severity") != "error":
            continue
        cause = NOISE.sub("", str(one["message"]).strip()).strip()
        urn = str(one.get("urn", ""))
        if cause:
            name = urn.rpartition("::")[2]
            yield Untold(where=places.get(urn, "engine"), cause=f"{name}: {cause}" if name else cause)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
