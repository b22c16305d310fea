"""Restores the keys of a Redis: checked by Redis itself beside the live data, whose place they take then.

With its append-only file on, a Redis reads nothing but that. So the saved keys become the base of one.
"""

from __future__ import annotations

import copy
import io
import re
import tarfile
from collections.abc import Iterator

from operations.backup.manifest import Part, RedisFacts
from operations.backup.read_back import digest_of
from operations.failure import Failure
from operations.restore.place import Place, Reader, Waiting, fill, require_held
from operations.restore.restored import Members, checked

FOLDER = "appendonlydir"
BASE = f"{FOLDER}/appendonly.aof.1.base.rdb"
INDEX = f"{FOLDER}/appendonly.aof.manifest"
LISTED = b"file appendonly.aof.1.base.rdb seq 1 type b\n"
READ = re.compile(r"(\d+) keys read")


def restore_redis(target: Place, part: Part, given: Members) -> Waiting:
    """The data beside the live one, verified. Raises Failure, and then nothing of it stays."""
    facts = part.facts
    assert isinstance(facts, RedisFacts)  # noqa: S101  (the caller has looked)
    made = target.beside(facts.volume)
    try:
        fill(target, made.name, _as_base(part, given))
        require_held(target, made.name, {BASE: part.files[0].sha256, INDEX: digest_of(io.BytesIO(LISTED))})
        _require_keys(target, made.name, facts)
    except BaseException:
        made.discard()
        raise
    return made


def _as_base(part: Part, given: Members) -> Iterator[tuple[tarfile.TarInfo, Reader]]:
    """The saved keys with what a Redis wants to find around them, all of the owner that they had."""
    for info, content in checked(part, given):
        for folder in (".", FOLDER):
            yield _like(info, folder, tarfile.DIRTYPE, 0o755 if folder == "." else 0o700), io.BytesIO()
        index = _like(info, INDEX, tarfile.REGTYPE, 0o600)
        index.size = len(LISTED)
        yield index, io.BytesIO(LISTED)
        info.name = BASE
        yield info, content


def _like(info: tarfile.TarInfo, name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    made = copy.copy(info)
    made.name, made.type, made.mode, made.size = name, kind, mode, 0
    return made


def _require_keys(target: Place, name: str, facts: RedisFacts) -> None:
    """Raises Failure where this Redis cannot read them all; an older one than the saved one cannot."""
    code, said = target.look(name, "redis-check-rdb", BASE)
    counted = READ.search(said)
    if code or not counted or int(counted[1]) != facts.keys:
        told = said.splitlines()[-1] if said else "nothing"
        cause = f"{target.service} does not read the {facts.keys} keys that were saved: {told}"
        raise Failure(f"{cause}; the live data was not touched", "use a Redis of that version or a newer one")
