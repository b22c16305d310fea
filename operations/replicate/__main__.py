"""Stores rows of a table in a content store and writes the content's id back to each, exactly once.

Rows that have an id are left alone, so the same command goes on after an interruption and does nothing when all is
done. The ingest login is used. Messages tell numbers, never texts or vectors.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping

from catalogue.load import definitions
from operations.databases.connection import address_of
from operations.databases.planned import database_of
from operations.failure import USAGE, Failure, guarded
from operations.movein.session import connected
from operations.outputs import Outputs, stack_outputs
from operations.project import require_stack
from operations.replicate.content_store import ContentStore
from operations.replicate.rows import Rows
from operations.replicate.s3_store import S3Store
from operations.stack_plan import stack_plan

FIELDS = "id,text,heading_path,document_id,position"
STORES = {"s3": lambda outputs, bucket: s3_store(os.environ, outputs, bucket)}


def main() -> int:
    parser = argparse.ArgumentParser("scripts/replicate", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("database", nargs="?", help="needed where the environment has several")
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    parser.add_argument("--store", choices=sorted(STORES), default="s3", help="(default: s3)")
    parser.add_argument("--bucket", default="chunks", help="bucket of the store (default: chunks)")
    parser.add_argument("--table", default="chunks", help="(default: chunks, under the name that the settings give it)")
    parser.add_argument("--key", default="id", metavar="COLUMN", help="what tells rows apart (default: id)")
    parser.add_argument("--content-column", default="content_id", metavar="COLUMN", help="(default: content_id)")
    parser.add_argument("--fields", default=FIELDS, metavar="COLUMN,...", help=f"what is stored (default: {FIELDS})")
    parser.add_argument("--batch", type=int, default=100, metavar="ROWS", help="rows read at once (default: 100)")
    options = parser.parse_args()
    return guarded(lambda: run(options))


def run(options: argparse.Namespace) -> None:
    require_stack(options.stack)
    if not 1 <= options.batch <= 10_000:
        raise Failure("--batch must be 1 to 10000", "leave it out", USAGE)
    plan, outputs = stack_plan(options.stack), stack_outputs(options.stack)
    database = database_of(plan, options.database)
    table = database.tables.get(options.table, options.table)
    store: ContentStore = STORES[options.store](outputs, options.bucket)
    with connected(address_of(plan, database, "ingest", outputs).conninfo) as connection:
        rows = Rows(
            connection=connection, table=table, key=options.key, content_column=options.content_column,
            fields=options.fields.split(","), batch=options.batch,
        )  # fmt: skip
        count = rows.replicate(store, lambda line: print(line, flush=True))
        print(f"{database.name}: {count} rows of {table} stored, {rows.waiting()} are waiting")


def s3_store(environment: Mapping[str, str], outputs: Outputs, bucket: str) -> S3Store:
    """The platform's own store, or the one that S3_ENDPOINT_URL and the usual AWS variables name."""
    if url := environment.get("S3_ENDPOINT_URL"):
        try:
            return S3Store(url, environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], bucket)
        except KeyError as error:
            raise Failure(f"S3_ENDPOINT_URL is set, {error.args[0]} is not", "set both keys", USAGE) from None
    access_key = definitions()["s3"].secret_environment["ROOT_ACCESS_KEY"]
    if "s3" not in outputs.credentials:
        raise Failure("the environment has no s3 service", "add one, or set S3_ENDPOINT_URL", USAGE)
    return S3Store(outputs.url("s3"), access_key, outputs.credentials["s3"].get_secret_value(), bucket)


if __name__ == "__main__":
    sys.exit(main())
