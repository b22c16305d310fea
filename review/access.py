"""What the steps of a preview do to public names: who may reach them, and how they are held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policy.names import LOGIN, POLICY, RECORD, RULESET
from policy.values import UNKNOWN
from review.change import Change
from review.finding import Finding, danger, notice

WIDE = ("everyone", "emailDomain", "anyValidServiceToken", "ip", "geo", "group")
"""Who an entry of a login's policy admits, where that is more than one named person."""


Entry = Mapping[str, Any]


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
    renamed = change.operation == "update" and change.old.get("name", name) != name
    if renamed or (change.made and change.old.get("name") != name):
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
    moved = change.new.get("domain") not in (None, change.old.get("domain"))
    if change.operation == "update" and moved and domain not in names_gone:
        yield danger("access loosened", domain, "its login moves to another name")
    if change.operation == "update" and any(path.startswith("policies") for path in change.paths):
        yield notice("login changes its policies", domain)


def _policy(change: Change) -> Iterator[Finding]:
    """Of a policy that denies everything is the other way round: whom it no longer names comes in."""
    if change.type != POLICY:
        return
    old, new = change.old, change.new
    name, decision = str(new.get("name") or old.get("name") or change.name), new.get("decision")
    if change.operation == "create" and (decision == "bypass" or (decision != "deny" and _everyone(new))):
        yield danger("access loosened", name, "lets everybody past the login")
    if change.operation == "delete" and old.get("decision") == "deny":
        yield danger("access loosened", name, "whom it kept out is no longer kept out")
    if change.operation not in ("update", "replace"):
        return
    if decision not in (old.get("decision"), "deny"):
        yield danger("access loosened", name, f"decision becomes {decision}")
    if decision != "deny":
        yield from _admitted(name, _more(new, old, "includes"))
    elif any(_more(old, new, "includes")):
        yield danger("access loosened", name, "whom it kept out is no longer kept out")
    if any(_more(old, new, "excludes")):
        yield danger("access loosened", name, "an exception is dropped")
    if any(_more(old, new, "requires")):
        yield danger("access loosened", name, "a requirement is dropped")


def _admitted(name: str, entries: Iterable[Entry]) -> Iterator[Finding]:
    for entry in entries:
        if any(entry.get(kind) is not None for kind in WIDE):
            yield danger("access loosened", name, f"admits {_who(entry)}")
        else:
            yield notice("somebody else is admitted", name, _who(entry))


def _everyone(policy: Entry) -> bool:
    return any(entry.get("everyone") is not None for entry in policy.get("includes") or [])


def _more(one: Entry, other: Entry, part: str) -> list[Entry]:
    """Entries that only the first one has."""
    return [entry for entry in one.get(part) or [] if entry not in (other.get(part) or [])]


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


def _who(entry: Entry) -> str:
    kinds = [kind for kind, value in entry.items() if value is not None]
    values = [str(value) for kind in kinds if isinstance(entry[kind], Mapping) for value in entry[kind].values()]
    shown = [value for value in values if value not in UNKNOWN]
    return f"{', '.join(kinds)} {', '.join(shown)}".strip()
