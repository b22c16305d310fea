"""What internal names need beside them, and what they have no use for."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from settings.environment import Environment
from settings.problem import Problem

SERVED_BY = "names"
"""Kind of the service that answers for internal names, with TLS."""


def check_internal_names(environment: Environment) -> Iterator[Problem]:
    """Problems of names with `access: internal`, and of the service that serves them."""
    internal = environment.internal
    serving = environment.of_kind(SERVED_BY)
    if internal and not serving:
        yield Problem(
            path=f"services.{SERVED_BY}",
            value="",
            cause=f"{internal[0].hostname} is internal, and no service answers for such names",
            remedy=f"add `{SERVED_BY}: {{host: <entry host>}}` under services",
        )
    for name in serving[1:]:
        yield Problem(
            path=f"services.{name}",
            value="",
            cause=f"{serving[0]} answers for the internal names already; a resolver knows one address",
            remedy="remove one of them",
        )
    for name in serving[:1]:
        host = environment.hosts.get(environment.services[name].host)
        if host and not _is_number(host.address):
            yield Problem(
                path=f"hosts.{environment.services[name].host}.address",
                value=host.address or "",
                cause="internal names are given an address by a resolver, and this is none",
                remedy=f"name its number, or place {name} on a host of the network",
            )
    if serving and not internal:
        yield Problem(
            path=f"services.{serving[0]}",
            value="",
            cause="it would answer for no name at all",
            remedy="give a route `access: internal`, or remove the service",
        )
    for index, route in enumerate(environment.routes):
        if not route.outside and route.services:
            yield Problem(
                path=f"routes.{index}.services",
                value=", ".join(route.services),
                cause="requests to internal names are not shared out",
                remedy="name one `service`",
            )
        if not route.outside and (route.emails or route.email_domain):
            yield Problem(
                path=f"routes.{index}.emails",
                value=", ".join([*route.emails, *filter(None, [route.email_domain])]),
                cause="no login of Cloudflare stands before an internal name",
                remedy="remove it, or set `login: authelia` and `people`",
            )


def _is_number(address: str | None) -> bool:
    try:
        return bool(ipaddress.ip_address(address or ""))
    except ValueError:
        return False
