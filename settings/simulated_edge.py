"""The simulated Cloudflare account of a checkout: what the settings may say beside it, and where it answers."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from settings.problem import Problem
from settings.route import SIMULATED, SIMULATED_ZONE, Edge, Route

FOLDER = Path(".state") / "simulators" / "cloudflare"
"""Where it is kept, below the checkout."""
TOKEN = "cloudflare-api-token"  # noqa: S105 - the name that a token stands under
IDENTIFIERS = ("account_id", "zone_id", "team")
ITS_OWN = ("browsers", "connectors")


@dataclass(frozen=True)
class Endpoint:
    """Base URL of its API, and the token that opens it."""

    url: str
    token: str = field(repr=False)


def endpoint(root: Path) -> Endpoint:
    """Where the account of the checkout at `root` answers. Raises FileNotFoundError where it was never started."""
    found = json.loads((root / FOLDER / "endpoint.json").read_text(encoding="utf-8"))
    return Endpoint(found["url"], found["token"])


def completed(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Raw settings in which a simulated account has its identifiers."""
    edge = raw.get("edge")
    if isinstance(edge, dict) and edge.get("simulated") is True:
        return {**raw, "edge": {**SIMULATED, **edge}}
    return {**raw}


def problems_of_account(edge: Edge, routes: Sequence[Route], secrets: Container[str]) -> Iterator[Problem]:
    """Whether the settings name an account, once."""
    given = edge.model_fields_set
    if not edge.simulated:
        for key in IDENTIFIERS[:2]:
            if key not in given:
                remedy = f"add `{key}`, or `simulated: true` for a simulated account"
                yield Problem(path=f"edge.{key}", value="", cause="required, but missing", remedy=remedy)
        for key in ITS_OWN:
            if key in given:
                cause = "this is said of a simulated account only"
                yield Problem(path=f"edge.{key}", value=getattr(edge, key), cause=cause, remedy="remove it")
        return
    for key in IDENTIFIERS:
        if getattr(edge, key) != SIMULATED[key]:
            cause = "a simulated account has its own"
            remedy = "remove it, or `simulated: true` for a real account"
            yield Problem(path=f"edge.{key}", value=getattr(edge, key) or "", cause=cause, remedy=remedy)
    if TOKEN in secrets:
        cause = "a simulated account has a token of its own"
        yield Problem(path=f"secrets.{TOKEN}", value="", cause=cause, remedy="remove it")
    for index, route in enumerate(routes):
        if not route.hostname.endswith(f".{SIMULATED_ZONE}"):
            cause = f"not in the zone of a simulated account, {SIMULATED_ZONE}"
            remedy = f"name it {route.hostname.split('.')[0]}.{SIMULATED_ZONE}"
            yield Problem(path=f"routes.{index}.hostname", value=route.hostname, cause=cause, remedy=remedy)
