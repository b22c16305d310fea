"""The certificates of an environment's services, and of the authority that all of them come from."""

from __future__ import annotations

import pulumi

from components.authority import Authority
from planning.certificates import AUTHORITY, certificate_key
from planning.plan import Plan


def certificates(plan: Plan) -> dict[str, pulumi.Output[str]]:
    """PEM texts by the names under which the plan's texts ask for them. Of a plan that needs none nothing is made."""
    certified = [service for service in plan.services if service.certificate_names]
    if not certified:
        return {}
    authority = Authority("authority")
    found = {AUTHORITY: authority.certificate_pem}
    for service in certified:
        issued = authority.issue(service.name, service.certificate_names)
        found[certificate_key(service.name, "certificate")] = issued.certificate_pem
        found[certificate_key(service.name, "key")] = issued.key_pem
    return found
