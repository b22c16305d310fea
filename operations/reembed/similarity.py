"""How alike two vectors are."""

from __future__ import annotations

import math
from collections.abc import Sequence

SAME = 0.999
"""Cosine from which two vectors are of the same model and text; half precision costs less than 0.0001."""


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """-1 to 1; 0 where the dimensions differ or a vector has no direction."""
    if len(one) != len(other):
        return 0.0
    norm = math.hypot(*one) * math.hypot(*other)
    return math.fsum(a * b for a, b in zip(one, other, strict=True)) / norm if norm else 0.0
