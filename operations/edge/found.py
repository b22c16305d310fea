"""What is in the account beside what the state knows: left by a killed run, or in the way. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from planning.plan import Plan

Document = Mapping[str, Any]
KINDS = ("dns_records", "access/apps", "access/policies", "access/service_tokens", "rulesets", "cfd_tunnel")
"""In the order in which leftovers go: a name before its login, a tunnel last."""
PHASES = ("http_ratelimit", "http_request_firewall_custom")
RESOLVES = ("A", "AAAA", "CNAME")
SERVING = ("healthy", "degraded")


@dataclass(frozen=True, kw_only=True)
class Found:
    """One thing that the state does not know."""

    kind: str
    identifier: str
    name: str
    ours: bool
    connected: bool = False

    def told(self) -> str:
        return f"{self.kind} {self.name} ({self.identifier})"


def unknown_to_state(plan: Plan, kind: str, documents: Iterable[Document], known: Collection[str]) -> list[Found]:
    """Those that carry our mark, or stand where the plan wants to put something. Deleted tunnels are listed too."""
    there = [one for one in documents if one["id"] not in known and not one.get("deleted_at")]
    found = [_found(plan, kind, one) for one in there]
    return [one for one in found if one is not None]


def _found(plan: Plan, kind: str, one: Document) -> Found | None:
    mark = f"ai-platform-{plan.name}"
    hostnames = {route.hostname for route in plan.environment.outside}
    name = str(one.get("name"))
    match kind:
        case "dns_records":
            ours = one.get("comment") == mark
            wanted = name in hostnames and one.get("type") in RESOLVES
        case "access/apps":
            ours, wanted = name.endswith(f"({mark})"), one.get("domain") in hostnames
        case "access/policies":
            ours, wanted = name.endswith(f"({mark})"), False
        case "rulesets":
            public = any(route.access == "public" for route in plan.environment.routes)
            wanted = public and one.get("phase") in PHASES and one.get("kind") == "zone"
            ours = wanted and name == mark
        case "access/service_tokens":
            ours, wanted = name.endswith(f"({mark})"), False
        case _:
            ours, wanted = name == mark, False
    if not (ours or wanted):
        return None
    return Found(kind=kind, identifier=one["id"], name=name, ours=ours, connected=_connected(one))


def _connected(tunnel: Document) -> bool:
    """The list of connections is on its way out of the API; the status stays."""
    return bool(tunnel.get("connections")) or tunnel.get("status") in SERVING
