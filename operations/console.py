"""Where tables are printed: on a terminal in its width, elsewhere in the width that they need."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

WIDEST = 100_000
"""Characters; only a bound for measuring."""


def console_for(*tables: Table) -> Console:
    """Standard output. A pipe or a file has no width: there no cell of these tables is cut or folded."""
    if sys.stdout.isatty():
        return Console()
    return Console(width=max((needed_width(table) for table in tables), default=80))


def needed_width(table: Table) -> int:
    """Columns of text that the table takes when every cell stands on as few lines as it has."""
    console = Console(width=WIDEST)
    return console.measure(table).maximum
