"""What the steps of a preview put at risk: data, machines, secrets, services; review/access.py has the names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from catalogue.definition import holds_data
from review.access import access_findings
from review.change import Change
from review.finding import Finding, danger, notice
from review.masking import is_mark
from review.paths import root

DATABASES = ("ai-platform:index:Database", "ai-platform:index:ManagedDatabase")
INSTANCE = "tensordock:index:Instance"
AUTHORITY = "certificates:index:Authority"
PROVIDERS = "pulumi:providers:"
TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared"
SERVICE_TOKEN = "cloudflare:index/zeroTrustAccessServiceToken:ZeroTrustAccessServiceToken"  # noqa: S105  (a type)


def step_findings(changes: Sequence[Change]) -> Iterator[Finding]:
    """Names first: what is open to everybody is worst."""
    yield from access_findings(changes)
    for change in changes:
        for look in LOOKS:
            yield from look(change)


def _data(change: Change) -> Iterator[Finding]:
    if change.type == "docker:index/volume:Volume" and change.gone and holds_data(change.old.get("labels") or []):
        volume = str(change.old.get("name") or change.name)
        if change.operation == "replace":
            yield danger("data volume replaced", volume, _because(change) or "its service begins with an empty one")
        elif change.retained:
            yield danger("data volume let go of", volume, "it stays on its host, and nobody looks after it any more")
        else:
            yield danger("data volume deleted", volume, "its data is lost")
    if change.type in DATABASES and change.gone:
        yield danger("database deleted", change.name, "its roles and its schema are no longer looked after")


def _machine(change: Change) -> Iterator[Finding]:
    if change.type == INSTANCE and change.gone:
        yield danger(f"machine {change.operation}d", change.name, _because(change) or "its disk is lost")
    if change.type == INSTANCE and change.operation == "create":
        yield notice("machine rented", change.name, "it costs money from the update on")
    if change.type in ("ai-platform:index:MacMini", "ai-platform:index:LinuxHost"):
        if change.operation == "delete":
            yield danger("host let go of", change.name, "it keeps its role and its data, and nobody looks after them")
        elif change.operation == "update":
            yield notice("host changes its role", change.name, _steps(change))


def _secret(change: Change) -> Iterator[Finding]:
    if change.type.startswith("random:") and change.operation == "delete":
        yield notice("secret removed", change.name)
    elif change.type.startswith("random:") and change.operation != "create":
        yield danger("secret changed", change.name, "what uses it gets another one")
    elif change.type == SERVICE_TOKEN and "clientSecretVersion" in change.paths:
        yield danger("secret changed", change.name, "programs need the new one")
    elif change.type in (SERVICE_TOKEN, TUNNEL) and change.gone:
        yield danger("secret changed", change.name, f"{change.kind} is {change.operation}d")
    elif change.type == AUTHORITY and change.gone:
        yield danger(f"authority {change.operation}d", change.name, "who trusts it refuses every server from then on")
    elif change.type.startswith(PROVIDERS) and (hidden := _hidden(change)):
        yield danger("secret changed", change.name, ", ".join(hidden))
    elif change.operation == "update" and not change.type.startswith("command:") and (hidden := _hidden(change)):
        yield notice("hidden text changes", change.name, ", ".join(hidden))


def _interruption(change: Change) -> Iterator[Finding]:
    if change.type == "docker:index/container:Container" and change.gone:
        service = change.name
        if change.operation == "replace":
            yield notice("service interrupted", service, f"its container is replaced: {_because(change) or 'changed'}")
        else:
            yield notice("service removed", service)


LOOKS: tuple[Callable[[Change], Iterator[Finding]], ...] = (_data, _machine, _secret, _interruption)


def _because(change: Change) -> str:
    reasons = ", ".join(change.replaced_for or change.paths)
    return f"{reasons} changed" if reasons else ""


def _steps(change: Change) -> str:
    before, after = change.old.get("steps") or {}, change.new.get("steps") or {}
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return ""
    return ", ".join(sorted(name for name in {*before, *after} if before.get(name) != after.get(name)))


def _hidden(change: Change) -> list[str]:
    """Properties that differ and whose values the engine hides."""
    names = {root(path) for path in change.paths}
    return sorted(name for name in names if is_mark(change.old.get(name)) or is_mark(change.new.get(name)))
