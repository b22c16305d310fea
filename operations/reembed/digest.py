"""Short names for what is moved where."""

from __future__ import annotations

import hashlib
import json


def digest(*parts: str) -> str:
    """Twelve hexadecimal digits, the same for the same parts."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
