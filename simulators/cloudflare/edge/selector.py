"""Whom a policy means: its rules, held against a visitor. Pure."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Selector = Callable[[Any, "Visitor"], bool]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. `email`: proven by a login. `key`: identifier of the service token that it showed."""

    address: str
    email: str | None = None
    key: str | None = None


SELECTORS: Final[Mapping[str, Selector]] = {
    "everyone": lambda _, __: True,
    "email": lambda said, visitor: (visitor.email or "").lower() == said["email"].lower(),
    "email_domain": lambda said, visitor: (visitor.email or "").lower().endswith(f"@{said['domain'].lower()}"),
    "ip": lambda said, visitor: ipaddress.ip_address(visitor.address) in ipaddress.ip_network(said["ip"]),
    "service_token": lambda said, visitor: visitor.key == said["token_id"],
    "any_valid_service_token": lambda _, visitor: visitor.key is not None,
}


def meant(policy: Mapping[str, Any], visitor: Visitor) -> bool:
    """Included by one rule, excluded by none, and all that is required."""
    return (
        any(_fits(rule, visitor) for rule in policy["include"])
        and not any(_fits(rule, visitor) for rule in policy.get("exclude") or [])
        and all(_fits(rule, visitor) for rule in policy.get("require") or [])
    )


def _fits(rule: Mapping[str, Any], visitor: Visitor) -> bool:
    return any(SELECTORS[name](said, visitor) for name, said in rule.items())
