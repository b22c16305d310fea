"""Puts backed-up models back where a server finds them: blobs first, the manifest last, then the server must answer."""

from __future__ import annotations

import sys

from operations.failure import USAGE, Failure
from operations.model_archive import Archive, Entry
from operations.model_progress import progress_lines
from operations.model_servers import ModelServer, near_servers
from operations.model_shell import shell_of
from operations.model_store import ModelStore
from operations.ollama.deadline import Deadline
from operations.ollama.manifest import parsed
from operations.ollama.names import manifest_path, with_tag
from operations.ollama.server import Ollama
from operations.ollama.verified import verified


def restore(archive: Archive, stack: str, service: str | None, model: str | None, deadline: Deadline) -> None:
    """All models whose weights are in the backup, or the one. Without `service` each goes where it came from.

    Nothing is written before all that is to be restored was read and compared with its digests.
    """
    chosen = choose(archive, service, model)
    damaged = {entry.name: found for entry in chosen if (found := archive.damaged(entry))}
    if damaged:
        lines = [f"{name}: blobs/sha256-{digest}" for name, digests in damaged.items() for digest in digests]
        raise Failure(
            f"{archive.folder} is damaged, nothing was restored:\n    " + "\n    ".join(lines),
            "restore the others by name, or use another backup",
        )
    for entry in chosen:
        with near_servers(stack, service or entry.service) as (server, *_), shell_of(server) as shell:
            put_back(archive, entry, server, ModelStore(shell, deadline, server.service), deadline)


def choose(archive: Archive, service: str | None, model: str | None) -> list[Entry]:
    """The newest version with weights of each model asked for. Raises Failure when there is none."""
    entries = [entry for entry in archive.entries() if model is None or entry.name == with_tag(model)]
    with_weights = [entry for entry in entries if entry.blobs]
    for entry in entries:
        if not any(entry.name == one.name for one in with_weights):
            print(
                f"{entry.name}: its weights were not backed up; scripts/model-pull.sh {entry.name} -s STACK",
                file=sys.stderr,
            )
    if not with_weights:
        known = ", ".join(sorted({entry.name for entry in archive.entries() if entry.blobs})) or "none"
        what = f"the weights of {model}" if model else "weights of any model"
        raise Failure(f"{archive.folder} does not hold {what}", f"with weights: {known}; pull the others", USAGE)
    of_service = [entry for entry in with_weights if entry.service == service]
    # Into another service: by name alone, since they may all go into one folder there.
    newest = {(entry.name if service else (entry.service, entry.name)): entry for entry in of_service or with_weights}
    return list(newest.values())


def put_back(archive: Archive, entry: Entry, server: ModelServer, store: ModelStore, deadline: Deadline) -> None:
    """Sends what is missing or damaged there; what is whole is left alone."""
    ollama = Ollama(server.url, deadline.left(server.url))
    held = ollama.held().get(entry.name)
    if held is not None and held.digest != entry.digest:
        raise Failure(
            f"{server.service} holds another {entry.name} (nothing was changed):\n"
            f"    there  {held.digest}\n    backup {entry.digest}",
            f'to give that one up: curl -X DELETE {server.url}/api/delete -d \'{{"model": "{entry.name}"}}\', '
            "then restore again",
        )
    manifest = parsed(entry.name, archive.blob(entry.digest).read_bytes())
    files = [(path, path.rpartition("-")[2]) for path in store.damaged(manifest)]
    for path, digest in (*files, (manifest_path(entry.name), entry.digest)):
        label, blob = f"{server.service}: {entry.name}", archive.blob(digest)
        print(f"{label}: sending {path}", file=sys.stderr, flush=True)
        with blob.open("rb") as file:
            store.write(path, file, digest, progress_lines(label, blob.stat().st_size))
    verified(ollama, entry.name, entry.digest)
    print(f"{server.service}: {entry.name} is restored ({entry.digest[:12]})")
