"""Looks at the Cloudflare account before an update: scopes, names that others hold, leftovers of a killed run."""

from __future__ import annotations

from collections.abc import Iterable

from operations.edge.account import CloudflareAccount
from operations.edge.found import KINDS, Found, unknown_to_state
from operations.edge.lost_account import forget_lost
from operations.engine import Engine
from operations.failure import Failure
from operations.project import ROOT
from operations.simulated_edge import simulated
from planning.plan import Plan
from settings.simulated_edge import endpoint

PREFIX = "cloudflare:"
TOKEN = "ai-platform:secrets.cloudflare-api-token"  # noqa: S105 - the key that a token stands under
BASE_URL = "cloudflare:baseUrl"


def account_of(engine: Engine, plan: Plan) -> CloudflareAccount | None:
    """The account of an environment with public names; None for one without."""
    edge = plan.environment.edge
    if edge is None or not plan.environment.outside:
        return None
    if edge.simulated:
        account = endpoint(ROOT)
        return CloudflareAccount(edge.account_id, edge.zone_id, account.token, account.url)
    return CloudflareAccount(edge.account_id, edge.zone_id, engine.setting(TOKEN), engine.setting(BASE_URL, ""))


def clear_edge(engine: Engine, plan: Plan) -> None:
    """Removes what carries our mark and is in no state; does nothing for an environment without public names.

    Raises Failure, before anything is changed, for a token that lacks a scope, for names that somebody else holds,
    and for a tunnel of ours that is connected: then another state of this environment is in use.
    """
    account = account_of(engine, plan)
    if account is None:
        return
    if simulated(plan.environment):
        forget_lost(engine, account)
    known = {str(one.get("id")) for one in engine.resources() if str(one["type"]).startswith(PREFIX)}
    found = [one for kind in KINDS for one in unknown_to_state(plan, kind, account.all(kind), known)]
    _refuse(plan, found)
    for one in found:
        account.remove(one.kind, one.identifier)
        print(f"removed {one.told()}, which a run that was cut off had left", flush=True)


def _refuse(plan: Plan, found: Iterable[Found]) -> None:
    foreign = [one.told() for one in found if not one.ours]
    if foreign:
        raise Failure(
            "names of the settings are held by what this environment has not made, and nothing was changed:\n    "
            + "\n    ".join(foreign),
            "remove them at Cloudflare, or take the names out of `routes`",
        )
    connected = [one.told() for one in found if one.connected]
    if connected:
        raise Failure(
            f"{connected[0]} is connected, and this checkout knows nothing of it: another state of {plan.name} runs",
            f"use that state, or name this environment otherwise; to give it up: scripts/down -s {plan.name} there",
        )
