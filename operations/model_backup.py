"""Backs up the models of an environment that cannot be pulled again, and a list of all of them.

The list holds each model's digest and Modelfile. With --weights the bytes too: of the models that are named, else of
all that their registry does not offer in the same form (a registry that does not answer counts as not offering it).
What is in DIR already is not sent again; a run that was cut off is continued by the same command. DIR/index.json is
written last: what it lists is complete, and was checked against its digests.

Exit codes: 0 done; 1 something failed, is damaged or missing; 2 bad usage, or no such stack, service or backup.
"""

from __future__ import annotations

import argparse
import functools
import signal
import sys
from pathlib import Path

from operations.failure import Failure, guarded
from operations.model_archive import Archive, Entry, open_archive
from operations.model_restore import restore
from operations.model_servers import ModelServer, near_servers
from operations.model_shell import shell_of
from operations.model_store import ModelStore
from operations.model_transfer import Transfer
from operations.ollama.deadline import Deadline
from operations.ollama.manifest import Manifest, parsed
from operations.ollama.names import blob_path, with_tag
from operations.ollama.registry import offers
from operations.ollama.server import HeldModel, Ollama
from operations.project import STATE

SECONDS = 6 * 3600.0


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    purpose, _, codes = (__doc__ or "").rpartition("\n\n")
    parser = argparse.ArgumentParser("scripts/backup-models.sh", description=purpose, epilog=codes,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    parser.add_argument("--service", metavar="NAME", help="only the models of this Ollama of the stack")
    parser.add_argument("--to", type=Path, metavar="DIR", help="default: .state/backups/models/STACK")
    parser.add_argument("--weights", nargs="*", metavar="MODEL", help="back up the bytes of models too, see above")
    parser.add_argument("--restore", nargs="+", metavar=("DIR", "MODEL"),
                        help="put the models of DIR, or one of them, back into the Ollama that they came from, or into "
                        "that of --service")  # fmt: skip
    parser.add_argument(
        "--verify", type=Path, metavar="DIR", help="read all of a backup and compare it with its digests"
    )
    parser.add_argument("--deadline", type=float, default=SECONDS, metavar="SECONDS",
                        help=f"end the whole run after this time (default: {SECONDS:.0f})")  # fmt: skip
    options = parser.parse_args()
    if options.restore and len(options.restore) > 2:
        parser.error("--restore takes a folder and at most one model")
    return guarded(lambda: run(options))


def run(options: argparse.Namespace) -> None:
    deadline = Deadline(options.deadline)
    if options.verify:
        verify(open_archive(options.verify))
    elif options.restore:
        folder, model = Path(options.restore[0]), next(iter(options.restore[1:]), None)
        restore(open_archive(folder), options.stack, options.service, model, deadline)
    else:
        folder = options.to or STATE / "backups" / "models" / options.stack
        weights = None if options.weights is None else [with_tag(model) for model in options.weights]
        with near_servers(options.stack, options.service) as servers:
            back_up(Archive(folder), servers, weights, deadline)


def back_up(archive: Archive, servers: list[ModelServer], weights: list[str] | None, deadline: Deadline) -> None:
    """`weights`: None for none, names for these, empty for all that no registry offers."""
    inventories = [(server, Ollama(server.url, deadline.left(server.url))) for server in servers]
    held = [(server, ollama, model) for server, ollama in inventories for model in ollama.held().values()]
    missing = set(weights or ()) - {model.name for _, _, model in held}
    if missing:
        known = ", ".join(sorted({model.name for _, _, model in held}))
        raise Failure(f"no server holds {', '.join(sorted(missing))}", f"known: {known or 'none'}")
    failures = []
    with archive.locked():
        for server, ollama, model in held:
            wanted = weights is not None and (not weights or model.name in weights)
            try:
                modelfile = str(ollama.show(model.name).get("modelfile", ""))
                blobs = _weights(archive, server, model, deadline, asked=bool(weights)) if wanted else ()
            except Failure as failure:  # one damaged model must not keep the others out of the backup
                failures.append(str(failure))
                continue
            archive.record(Entry(service=server.service, modelfile=modelfile, blobs=blobs, **vars(model)))
        print(told(archive))
    if failures:
        count = f"{len(failures)} of {len(held)} models are not backed up"
        raise Failure(f"{count}:\n    " + "\n    ".join(failures), "run the same command again once that is mended")


def _weights(
    archive: Archive, server: ModelServer, model: HeldModel, deadline: Deadline, *, asked: bool
) -> tuple[str, ...]:
    """Brings manifest and blobs in; gives the digests of the blobs. Nothing, where the registry offers the model."""
    with shell_of(server) as shell:
        store = ModelStore(shell, deadline, server.service)
        content = store.manifest(model.name, model.digest)
        manifest = parsed(model.name, content)
        if not asked and _is_offered(model.name, manifest):
            return ()
        missing = sum(blob.size for blob in manifest.blobs if not archive.blob(blob.sha256).is_file())
        transfer = Transfer(archive, missing)
        for blob in manifest.blobs:
            path = blob_path(blob.sha256)
            opened = functools.partial(store.reading, path)
            transfer.fetch(f"{server.service}: {model.name}", blob, opened)
        transfer.keep_bytes(model.digest, content)
    return tuple(blob.sha256 for blob in manifest.blobs)


def _is_offered(model: str, manifest: Manifest) -> bool:
    offered = offers(model, manifest)
    if offered:
        print(f"{model}: its registry offers it, so its weights are left out", file=sys.stderr)
    elif offered is None:
        print(f"{model}: its registry does not answer, so its weights are backed up", file=sys.stderr)
    return bool(offered)


def verify(archive: Archive) -> None:
    """Raises Failure that names every model of which something is missing or damaged."""
    entries, faults = archive.entries(), []
    for entry in entries:
        if entry.blobs and (damaged := archive.damaged(entry)):
            faults.append(f"{entry.service}: {entry.name}: {', '.join(f'blobs/sha256-{digest}' for digest in damaged)}")
    if faults:
        remedy = "run scripts/backup-models.sh with --weights again while the server still holds them"
        raise Failure(f"{archive.folder}: missing or damaged:\n    " + "\n    ".join(faults), remedy)
    print(f"{told(archive)}, all whole")


def told(archive: Archive) -> str:
    entries = archive.entries()
    return f"{archive.folder}: {len(entries)} models listed, {sum(bool(one.blobs) for one in entries)} with weights"


if __name__ == "__main__":
    sys.exit(main())
