"""`scripts/reembed`: moves a collection of vectors to another embedding model."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from operations.failure import FAILED, Failure, guarded
from operations.reembed import lock
from operations.reembed.collection import Collection
from operations.reembed.digest import digest
from operations.reembed.move import Mover
from operations.reembed.options import arguments
from operations.reembed.postgres.names import Names
from operations.reembed.postgres.table import opened
from operations.reembed.qdrant.client import Client, pool
from operations.reembed.qdrant.collection import QdrantCollection
from operations.reembed.service import Service
from operations.retrieval.connections import Connections
from operations.retrieval.remote import Remote


def main() -> int:
    options = arguments()
    return guarded(lambda: reembed(options))


def reembed(options: argparse.Namespace) -> None:
    """Raises Failure; one that leaves work undone says how to go on."""
    connections = Connections.of(options.stack)
    try:
        with collection(options, connections) as found:
            if options.back:
                say(found.back())
            elif options.drop_backup:
                say(found.drop_backup())
            else:
                service = Service.connect(connections.embed)
                Mover(found, service, options.batch_size, options.sample, say).run(dry=options.dry_run)
    except Failure as failure:
        if failure.code == FAILED and not options.dry_run:
            print(f"stopped; what is done is kept. To go on:\n    {again()}", file=sys.stderr)
        raise


@contextmanager
def collection(options: argparse.Namespace, connections: Connections) -> Iterator[Collection]:
    """The table or the collection of Qdrant. Only a dry run may come while another run is at work."""
    if options.table:
        names = Names(
            options.schema, options.table, options.id_column, options.text_column,
            options.vector_column or "embedding", options.user_column, options.user_id,
        )  # fmt: skip
        with opened(connections.database, names, connections.remedy, alone_at_it=not options.dry_run) as table:
            yield table
        return
    client = qdrant(connections)
    found = QdrantCollection(client, options.collection, options.text_column, options.vector_column)
    if options.dry_run:
        yield found
        return
    with lock.alone(digest(client.remote.url, options.collection), f"collection {options.collection!r}"):
        yield found


def qdrant(connections: Connections) -> Client:
    url, key = connections.qdrant
    return Client(Remote("qdrant", url, connections.remedy, pool(key)))


def again() -> str:
    """This command; secrets are never part of it."""
    return shlex.join(["scripts/reembed", *sys.argv[1:]])


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
