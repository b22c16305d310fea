"""The certificate that internal names are served with."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from components.authority import Authority
from planning.names import internal_names
from planning.plan import Plan


def certify(plan: Plan) -> tuple[Authority, Mapping[str, pulumi.Output[str]]]:
    """The environment's authority, and one certificate for all internal names as secrets of the service `names`."""
    authority = Authority("authority")
    issued = authority.issue("names", internal_names(plan.environment))
    return authority, {"secret.names-certificate": issued.certificate_pem, "secret.names-key": issued.key_pem}
