"""Which services have a certificate of the environment's authority, and how texts of the catalogue name it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.definition import AUTHORITY_FILE
from planning.names import internal_names
from planning.placement import Placement
from settings.environment import Environment
from settings.name_checks import SERVED_BY

AUTHORITY = "authority.certificate"
RENEW_DAYS = 30
"""A server's certificate with fewer days left is issued anew by the next update, and health warns of it."""


def certificate_names(environment: Environment, placement: Placement) -> tuple[str, ...]:
    """Every name and address under which a client may look for the service; none for one without a certificate."""
    if not placement.definition.certified:
        return ()
    address = environment.hosts[placement.service.host].address
    container = "" if placement.definition.native else f"ai-platform-{environment.name}-{placement.name}"
    names = [placement.name, container, "localhost", "127.0.0.1", "host.docker.internal", address or ""]
    names += internal_names(environment) if placement.definition.kind == SERVED_BY else []
    return tuple(dict.fromkeys(name.lower() for name in names if name))


def asked_name(environment: Environment, placement: Placement) -> str:
    """The name under which one asks to be shown its certificate: internal names' nginx shows it for those alone.

    Empty for a service that shows none.
    """
    if not placement.definition.certified:
        return ""
    return next(iter(internal_names(environment)), "") if placement.definition.kind == SERVED_BY else placement.name


def certificate_key(service: str, part: str) -> str:
    """Under which name components know a part (`key` or `certificate`) of a service's certificate."""
    return f"certificate.{service}.{part}"


def certificate_values(placement: Placement, placements: Mapping[str, Placement]) -> dict[str, str]:
    """What `${certificate...}`, `${authority...}`, `${ssl...}`, `${sslmode...}` and `${tls...}` mean to one service.

    What only components know stays a placeholder.
    """
    own = {f"certificate.{part}": f"${{{certificate_key(placement.name, part)}}}" for part in ("certificate", "key")}
    values = own if placement.definition.certified else {}
    for kind, instance in placement.needs.items():
        certified = placements[instance].definition.certified
        values[f"authority.{kind}"] = f"${{{AUTHORITY}}}" if certified else ""
        mode = values[f"sslmode.{kind}"] = "verify-full" if certified else "prefer"
        values[f"ssl.{kind}"] = "require" if certified else "prefer"
        values[f"tls.{kind}"] = f"sslmode={mode}&sslrootcert={AUTHORITY_FILE}" if certified else f"sslmode={mode}"
    return values
