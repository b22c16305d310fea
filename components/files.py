"""The files of a container with their secrets filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from planning.addresses import finish
from planning.plan import PlannedFile


def contents(files: Sequence[PlannedFile], secrets: Mapping[str, pulumi.Output[str]]) -> dict[str, pulumi.Output[str]]:
    """Text of each file by its path, always secret. `secrets` maps `password.NAME` and `secret.NAME` to values."""
    return {file.path: _content(file, secrets) for file in files}


def _content(file: PlannedFile, secrets: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[str]:
    used = {key: value for key, value in secrets.items() if f"${{{key}}}" in file.template}
    filled = pulumi.Output.all(**used).apply(lambda values: finish(file.template, values if used else {}))
    return pulumi.Output.secret(filled)
