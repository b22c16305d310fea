"""Makes the engine forget what it kept in a simulated account that is gone, so that the next `up` makes it anew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from operations.edge.account import CloudflareAccount
from operations.engine import Engine
from operations.lost_host import without

Resource = Mapping[str, Any]
TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared"
OWN = ("cloudflare:", "ai-platform:index:Tunnel$command:")
"""Types of what was in the account, by how they begin: last, what ends with it."""


def forget_lost(engine: Engine, account: CloudflareAccount) -> None:
    """Does nothing while the account still holds the tunnel: somebody may have removed its folder."""
    recorded = {str(one.get("id")) for one in engine.resources() if one["type"] == TUNNEL}
    if not recorded or recorded & {str(one["id"]) for one in account.all("cfd_tunnel")}:
        return
    state = engine.export()
    resources = state["deployment"]["resources"]
    gone = of_account(resources)
    state["deployment"]["resources"] = without(resources, gone)
    engine.replace_state(json.dumps(state))
    print(f"the simulated account is a new one: {len(gone)} records of the old one are dropped from the state")


def of_account(resources: Iterable[Resource]) -> set[str]:
    """URNs of what was in the account, by the chain of types in them."""
    return {one["urn"] for one in resources if any(part in one["urn"].split("::")[2] for part in OWN)}
