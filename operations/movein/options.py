"""The command line of `scripts/migrate-in`."""

from __future__ import annotations

import argparse
from pathlib import Path

DESCRIPTION = """Moves tables of another Postgres, or of a dump, into a database of an environment.

Only the source's schema `public` is read, and nothing there is changed. Vectors are measured before the first write.
A run that was cut off goes on with the same command. At the end rows are counted and compared by checksums.

exit codes: 0 moved, both sides equal; 1 stopped or different; 2 refused before anything was written, or wrong usage
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser("scripts/migrate-in", description=DESCRIPTION,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    made.add_argument("database", help="database of the environment that the tables go into")
    made.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    source = made.add_mutually_exclusive_group(required=True)
    source.add_argument("--from", dest="url", metavar="URL", help="postgresql://USER@HOST:PORT/DATABASE, no password")
    source.add_argument("--dump", type=Path, metavar="FILE", help="dump in the custom format (pg_dump -Fc)")
    made.add_argument("--password-stdin", action="store_true", help="the source's password comes on standard input")
    made.add_argument("--table", action="append", required=True, metavar="NAME", help="may be repeated")
    made.add_argument("--batch", type=int, default=1000, metavar="ROWS", help="rows in one transaction (default: 1000)")
    made.add_argument("--dry-run", action="store_true", help="look at everything, and write nothing")
    made.add_argument("--verify", action="store_true", help="compare both sides, and copy nothing")
    made.add_argument("--restart", action="store_true", help="empty these tables of the target first, and begin anew")
    return made
