"""Automatic names: `<logical name>-<7 hexadecimal digits>`, kept as long as the resource lives."""

import hashlib
from collections.abc import Mapping
from typing import Any

from providers.common.schema import DEFAULTS_KEY
from providers.common.values import Properties

_DIGITS = 7


def with_name(inputs: Properties, named_by: str, urn: str, seed: bytes, previous: Mapping[str, Any]) -> Properties:
    """The inputs with a name: their own, the automatic one of the existing resource, or a new automatic one.

    The engine's seed makes a preview and the update that follows it agree.
    """
    if inputs.get(named_by) is not None:
        return inputs
    defaults = [*inputs.get(DEFAULTS_KEY, []), named_by]
    kept = previous.get(named_by) if named_by in previous.get(DEFAULTS_KEY, []) else None
    logical = urn.rpartition("::")[2]
    digits = hashlib.sha256(seed + urn.encode()).hexdigest()[:_DIGITS]
    return {**inputs, named_by: kept or f"{logical}-{digits}", DEFAULTS_KEY: sorted(defaults)}
