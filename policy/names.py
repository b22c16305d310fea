"""Names that the Internet can look up."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from policy.resource import Resource
from policy.values import items, known, text
from policy.violation import World

RECORD = "cloudflare:index/dnsRecord:DnsRecord"
LOGIN = "cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication"
POLICY = "cloudflare:index/zeroTrustAccessPolicy:ZeroTrustAccessPolicy"
RULESET = "cloudflare:index/ruleset:Ruleset"
INTERNAL = (".local", ".internal", ".test", ".home.arpa")


def covered_by_a_login(world: World) -> Iterator[tuple[Resource, str]]:
    """A record that carries no traffic (TXT and the like) is nobody's way in."""
    logins = [text(one.properties, "domain") for one in world.of_type(LOGIN) if items(one.properties, "policies")]
    limited = [rule for one in world.of_type(RULESET) if _limits(one) for rule in items(one.properties, "rules")]
    for record in world.of_type(RECORD):
        name = text(record.properties, "name")
        if text(record.properties, "type") not in ("A", "AAAA", "CNAME") or _internal(record):
            continue
        proxied = record.properties.get("proxied")
        if known(proxied) and proxied is not True:
            yield record, "shows its origin to everyone; set proxied, or use an internal name"
        public = name in world.allowed.names and any(_names(rule, name) for rule in limited)
        if name and not public and not any(_covers(login, name) for login in logins):
            yield record, "no login covers it; add an Access application with a policy for it"
    for policy in world.of_type(POLICY):
        if _asks_nobody(policy):
            yield policy, "lets everybody past the login; name who is admitted"


def _internal(record: Resource) -> bool:
    if text(record.properties, "name").endswith(INTERNAL):
        return True
    try:
        return ipaddress.ip_address(text(record.properties, "content")).is_private
    except ValueError:
        return False


def _asks_nobody(policy: Resource) -> bool:
    """A login with such a policy is none."""
    admitted = items(policy.properties, "includes")
    everyone = any(isinstance(one, dict) and known(one) and one.get("everyone") is not None for one in admitted)
    decision = text(policy.properties, "decision")
    return decision == "bypass" or (decision != "deny" and everyone)


def _covers(domain: str, name: str) -> bool:
    """A login with a path covers a part of the name only."""
    if domain.startswith("*."):
        return name.endswith(domain[1:]) and "." not in name.removesuffix(domain[1:])
    return domain == name


def _names(rule: Any, name: str) -> bool:
    """Whether a rule that is in force is about just this name."""
    if not isinstance(rule, Mapping) or rule.get("enabled") is False:
        return False
    return bool(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", str(rule.get("expression"))))


def _limits(ruleset: Resource) -> bool:
    return text(ruleset.properties, "phase") == "http_ratelimit"
