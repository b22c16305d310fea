"""Paths of properties as the engine writes them: `ports[0].ip`, and `["a.b"].c` where a name has dots of its own."""

from __future__ import annotations

import json
import re

QUOTED = re.compile(r'\[("(?:[^"\\]|\\.)*")\]')


def root(path: str) -> str:
    """The name of the property that a path begins with."""
    if found := QUOTED.match(path):
        return str(json.loads(found[1], strict=False))
    return re.split(r"[.\[]", path, maxsplit=1)[0]
