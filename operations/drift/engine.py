"""Differences of what the engine has made: its own refresh, as a preview that changes no state."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from operations.drift.finding import Drift, Untold
from operations.drift.resources import DOCKER_HOST, resource_drift
from operations.engine import Engine
from operations.failure import Failure

SECONDS = 300


def engine_drift(engine: Engine, unreachable: Collection[str] = ()) -> Drift:
    """Compares every resource with what is there, but for those on hosts that cannot be reached.

    Raises Failure where the engine cannot tell at all.
    """
    if not engine.exists():
        cause = f"{engine.stack} is not in the backend; to bring it up: make up STACK={engine.stack}"
        return Drift(untold=(Untold(where="engine", cause=cause),))
    left_out = list(on_hosts(engine.export()["deployment"].get("resources") or [], unreachable))
    return _refreshed(engine, left_out)


def on_hosts(resources: Iterable[Mapping[str, Any]], hosts: Collection[str]) -> Iterator[str]:
    """URNs of what one gets at through the Docker engine of one of the hosts, its provider included."""
    for resource in resources:
        found = DOCKER_HOST.search(str(resource.get("provider") or resource["urn"]))
        if found and found[1] in hosts:
            yield str(resource["urn"])


def _refreshed(engine: Engine, left_out: list[str]) -> Drift:
    exclude = [part for urn in left_out for part in ("--exclude", urn)]
    done = engine.attempt("refresh", "--preview-only", "--json", *exclude, *engine.options, seconds=SECONDS)
    try:
        printed = json.loads(done.stdout)
    except ValueError:
        raise Failure(
            f"pulumi refresh: {done.stderr.strip() or done.stdout.strip()}", "scripts/pulumi refresh --help"
        ) from None
    drift = resource_drift(printed, engine.stack)
    if done.returncode and not drift.untold:
        raise Failure(
            f"pulumi refresh ended with {done.returncode}: {done.stderr.strip()}", "run the same command again"
        )
    return drift
