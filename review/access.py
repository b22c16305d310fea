"""What the steps of a preview do to public names: who may reach them, and how they are held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policy.names import LOGIN, RECORD, RULESET
from policy.values import UNKNOWN
from review.change import Change
from review.finding import Finding, danger, notice

POLICY = "cloudflare:index/zeroTrustAccessPolicy:ZeroTrustAccessPolicy"
WIDE = ("everyone", "emailDomain", "anyValidServiceToken", "ip", "geo", "group")
"""Who an entry of a login's policy admits, where that is more than one named person."""


def access_findings(changes: Iterable[Change]) -> Iterator[Finding]:
    """In the order of the changes."""
    known = list(changes)
    gone = {str(one.old.get("name")) for one in known if one.type == RECORD and one.operation == "delete"}
    for change in known:
        if change.type == LOGIN:
            yield from _login(change, gone)
        for look in (_name, _policy, _limit):
            yield from look(change)


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
    if change.type == POLICY and change.operation == "create" and change.new.get("decision") == "bypass":
        yield danger("access loosened", str(change.new.get("name") or change.name), "lets everybody past the login")
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


def _limit(change: Change) -> Iterator[Finding]:
    """Rules of a zone for names that anybody may use, by the name in their `ref`."""
    if change.type != RULESET or change.operation == "create":
        return
    after = {str(rule.get("ref")): rule for rule in change.new.get("rules") or [] if change.operation == "update"}
    for rule in change.old.get("rules") or []:
        name = str(rule.get("ref"))
        if name not in after or after[name].get("enabled") is False:
            yield danger("limit lifted", name, f"{change.new.get('phase') or change.old.get('phase')}")
        elif after[name] != rule:
            yield notice("limit changes", name, f"{change.old.get('phase')}")


def _who(entry: Mapping[str, Any]) -> str:
    kinds = [kind for kind, value in entry.items() if value is not None]
    values = [str(value) for kind in kinds if isinstance(entry[kind], Mapping) for value in entry[kind].values()]
    shown = [value for value in values if value not in UNKNOWN]
    return f"{', '.join(kinds)} {', '.join(shown)}".strip()
