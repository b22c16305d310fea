"""The command by which a person makes a volume again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping


def create_volume(name: str, labels: Mapping[str, str]) -> str:
    """As it is recorded: with other labels it counts as somebody else's, and the next refresh finds it changed."""
    given = [f"--label={key}={value}" for key, value in sorted(labels.items())]
    return shlex.join(["docker", "volume", "create", *given, name])
