"""The command line of scripts/reembed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

EPILOG = """Exit codes: 0 moved, or nothing to do; 1 stopped, and the same command goes on; 2 refused, or wrong usage.
DATABASE_URL, EMBED_SERVICE_URL, QDRANT_URL and QDRANT_API_KEY each take the place of what the stack's outputs say."""


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The parsed command line; ends the process with 2 when it is wrong."""
    description = "Moves a collection of vectors to the model that the embed service runs. Resumable, with a way back."
    parser = argparse.ArgumentParser("scripts/reembed", description=description, epilog=EPILOG)
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    _add_what(parser)
    parser.add_argument("--batch-size", type=int, default=64, metavar="N", help="texts in one request (default: 64)")
    parser.add_argument("--sample", type=int, default=64, metavar="N", help="rows that are compared (default: 64)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--dry-run", action="store_true", help="count, measure and tell; change nothing")
    mode.add_argument("--back", action="store_true", help="undo the move, finished or not")
    mode.add_argument("--drop-backup", action="store_true", help="remove the old vectors; no way back then")
    options = parser.parse_args(argv)
    _check(parser, options)
    return options


def _add_what(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--table", help="table of Postgres, without quotes")
    what.add_argument("--collection", help="alias of a collection of Qdrant")
    parser.add_argument("--schema", default="public", help="of the table (default: public)")
    parser.add_argument(
        "--text-column", default="text", metavar="NAME", help="column or payload field that is embedded"
    )
    parser.add_argument("--id-column", default="id", metavar="NAME", help="key of the table (default: id)")
    parser.add_argument("--vector-column", metavar="NAME", help="column (default: embedding) or name of the vector")
    parser.add_argument("--user-id", metavar="ID", help="only rows of this user")
    parser.add_argument("--user-column", default="user_id", metavar="NAME", help="where it stands (default: user_id)")


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    for name, most in (("batch_size", 1024), ("sample", 10_000)):
        if not 1 <= getattr(options, name) <= most:
            parser.error(f"--{name.replace('_', '-')} must be 1 to {most}")
    for name in ("table", "collection", "schema", "text_column", "id_column", "vector_column", "user_column"):
        value = getattr(options, name)
        if value is not None and (not value or "\0" in value):
            parser.error(f"--{name.replace('_', '-')} must not be empty")
    if options.collection and options.user_id is not None:
        parser.error("--user-id: Qdrant cannot change the points of one user in one step; move the whole collection")
