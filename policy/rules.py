"""Every rule, and how they are applied."""

from __future__ import annotations

from collections.abc import Sequence

from policy.containers import no_way_to_the_host
from policy.images import by_digest
from policy.machines import accounted_for
from policy.names import covered_by_a_login
from policy.ports import none_open_to_everyone
from policy.resource import Resource
from policy.secrets import none_in_plain
from policy.violation import Allowed, Rule, Violation, World
from policy.volumes import kept

RULES = (
    Rule(
        name="no-open-port",
        description="A container publishes on loopback or a private address, or behind its host's firewall.",
        look=none_open_to_everyone,
        together=True,
    ),
    Rule(
        name="name-behind-login",
        description="Every DNS record is proxied or internal, and a login covers it.",
        look=covered_by_a_login,
        together=True,
    ),
    Rule(
        name="data-volume-protected",
        description="A data volume outlives its stack.",
        look=kept,
    ),
    Rule(
        name="image-by-digest",
        description="Images are named by digest, or by the digest of what they were built from.",
        look=by_digest,
    ),
    Rule(
        name="machine-accounted-for",
        description="Every rented machine has an owner, a price cap and an idle limit.",
        look=accounted_for,
        together=True,
    ),
    Rule(
        name="no-plain-secret",
        description="What is called a secret is marked as one.",
        look=none_in_plain,
    ),
    Rule(
        name="no-way-to-the-host",
        description="No container is privileged, holds the Docker socket or shares the host's namespaces.",
        look=no_way_to_the_host,
    ),
)


def violations(
    resources: Sequence[Resource], allowed: Allowed | None = None, rules: Sequence[Rule] = RULES
) -> list[Violation]:
    """Rule by rule, in the order of the resources."""
    world = World(resources=resources, allowed=allowed or Allowed())
    return [
        Violation(rule=rule.name, resource=one.name, urn=one.urn, message=message)
        for rule in rules
        for one, message in rule.look(world)
    ]
