"""The problem of a name that nothing carries."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from settings.problem import Problem


def unknown(path: str, value: str, known: Iterable[str], noun: str) -> Problem:
    """The problem of a name that nothing carries, with the nearest one that exists."""
    names = sorted(known)
    close = difflib.get_close_matches(value, names, n=1)
    remedy = f"did you mean `{close[0]}`?" if close else f"known: {', '.join(names) or 'none'}"
    return Problem(path=path, value=value, cause=f"no such {noun}", remedy=remedy)
