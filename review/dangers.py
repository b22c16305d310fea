"""What the steps of a preview put at risk: data, machines, names, secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from policy.values import UNKNOWN
from review.change import Change
from review.finding import Finding, danger, notice
from review.masking import is_mark

INSTANCE = "tensordock:index:Instance"
PROVIDERS = "pulumi:providers:"
LOGIN = "cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication"
POLICY = "cloudflare:index/zeroTrustAccessPolicy:ZeroTrustAccessPolicy"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared"
SERVICE_TOKEN = "cloudflare:index/zeroTrustAccessServiceToken:ZeroTrustAccessServiceToken"  # noqa: S105  (a type)
WIDE = ("everyone", "emailDomain", "anyValidServiceToken", "ip", "geo", "group")
"""Who an entry of a login's policy admits, where that is more than one named person."""


def step_findings(changes: Iterable[Change]) -> Iterator[Finding]:
    """Findings of every change, in the order of the changes."""
    known = list(changes)
    names_gone = {str(one.old.get("name")) for one in known if one.type == RECORD and one.operation == "delete"}
    for change in known:
        if change.type == LOGIN:
            yield from _login(change, names_gone)
        for look in LOOKS:
            yield from look(change)


def _data(change: Change) -> Iterator[Finding]:
    if change.type == "docker:index/volume:Volume" and change.gone:
        volume = str(change.old.get("name") or change.name)
        if change.operation == "replace":
            yield danger("data volume replaced", volume, _because(change) or "its service begins with an empty one")
        elif change.retained:
            yield danger("data volume let go of", volume, "it stays on its host, and nobody looks after it any more")
        else:
            yield danger("data volume deleted", volume, "its data is lost")
    if change.type == "ai-platform:index:Database" and change.gone:
        yield danger("database deleted", change.name, "its role and its schema are no longer looked after")


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


def _name(change: Change) -> Iterator[Finding]:
    if change.type != RECORD:
        return
    name = str(change.new.get("name") or change.old.get("name") or change.name)
    if change.made and change.old.get("name") != name:
        yield danger("public name added", name, "the Internet can reach it")
    if change.operation == "delete":
        yield notice("public name removed", name)
    if change.new.get("proxied") is False and change.old.get("proxied") is not False:
        yield danger("record no longer proxied", name, "its origin is shown to everyone")
    if change.operation == "update" and "content" in change.paths:
        yield danger("public name leads elsewhere", name)


def _login(change: Change, names_gone: set[str]) -> Iterator[Finding]:
    domain = str(change.old.get("domain") or change.name)
    if change.operation == "delete" and domain not in names_gone:
        yield danger("access loosened", domain, "its login is deleted and its name stays")
    if change.operation == "replace":
        yield danger("access loosened", domain, "its login is replaced, the name stays open meanwhile")
    if change.operation == "update" and any(path.startswith("policies") for path in change.paths):
        yield notice("login changes its policies", domain)


def _policy(change: Change) -> Iterator[Finding]:
    if change.type != POLICY or change.operation != "update":
        return
    name = str(change.new.get("name") or change.name)
    if change.new.get("decision") != change.old.get("decision") and change.new.get("decision") != "deny":
        yield danger("access loosened", name, f"decision becomes {change.new.get('decision')}")
    before = change.old.get("includes") or []
    for entry in (one for one in change.new.get("includes") or [] if one not in before):
        who = _who(entry)
        if any(entry.get(kind) is not None for kind in WIDE):
            yield danger("access loosened", name, f"admits {who}")
        else:
            yield notice("somebody else is admitted", name, who)
    if len(change.new.get("requires") or []) < len(change.old.get("requires") or []):
        yield danger("access loosened", name, "a requirement is dropped")


def _secret(change: Change) -> Iterator[Finding]:
    if change.type.startswith("random:") and change.operation == "delete":
        yield notice("secret removed", change.name)
    elif change.type.startswith("random:") and change.operation != "create":
        yield danger("secret changed", change.name, "what uses it gets another one")
    elif change.type in (SERVICE_TOKEN, TUNNEL) and change.gone:
        yield danger("secret changed", change.name, f"{change.kind} is {change.operation}d")
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


LOOKS: tuple[Callable[[Change], Iterator[Finding]], ...] = (_data, _machine, _name, _policy, _secret, _interruption)


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
    names = {path.partition(".")[0].partition("[")[0] for path in change.paths}
    return sorted(name for name in names if is_mark(change.old.get(name)) or is_mark(change.new.get(name)))


def _who(entry: Mapping[str, Any]) -> str:
    kinds = [kind for kind, value in entry.items() if value is not None]
    values = [str(value) for kind in kinds if isinstance(entry[kind], Mapping) for value in entry[kind].values()]
    shown = [value for value in values if value not in UNKNOWN]
    return f"{', '.join(kinds)} {', '.join(shown)}".strip()
