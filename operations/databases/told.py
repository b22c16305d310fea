"""What a database said of a failure, in one line: never a text, a vector or a password of a row or a statement."""

from __future__ import annotations

import re

import psycopg

QUOTED = re.compile(r'".*', re.DOTALL)


def told(error: psycopg.Error) -> str:
    """The first line, since those after it may hold rows. Of a value that cannot be read only that there is one."""
    lines = (error.diag.message_primary or str(error)).strip().splitlines()
    first = lines[0] if lines else type(error).__name__
    return QUOTED.sub("(a value)", first) if isinstance(error, psycopg.DataError) else first
