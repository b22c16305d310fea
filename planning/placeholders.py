"""Placeholders of catalogue texts that nobody could fill, found before anything is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from planning.placement import Placement
from settings.environment import Environment
from settings.problem import Problem

PLACEHOLDER = re.compile(r"(?<!\$)(?:\$\$)*\$\{([^}]*)\}")
FROM_COMPONENTS = ("secret.access-audiences", "secret.tunnel-token")
"""Secrets that components make, beside those of the settings."""


def unknown_placeholders(
    environment: Environment, placement: Placement, values: Mapping[str, str]
) -> Iterator[Problem]:
    """One problem for each placeholder that is neither filled by the plan nor a password nor a secret."""
    definition = placement.definition
    texts = [
        *definition.environment.values(),
        *definition.secret_environment.values(),
        *placement.service.environment.values(),
        *(file.template for file in definition.files),
        *(file.template for file in (definition.live.files if definition.live else ())),
        *(text for want in placement.wanted for text in want.environment.values()),
        *(file.template for want in placement.wanted for file in want.files),
    ]
    secrets = {f"secret.{name}" for name in environment.secrets} | set(FROM_COMPONENTS)
    for name in sorted({found for text in texts for found in PLACEHOLDER.findall(text)}):
        if name in values or name in secrets or name.startswith("password."):
            continue
        yield Problem(
            path=f"services.{placement.name}",
            value=f"${{{name}}}",
            cause=f"the texts of {definition.kind} ask for something that nobody fills",
            remedy="catalogue/definition.py lists what can be asked for; a literal $ is written $$",
        )
