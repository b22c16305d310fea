"""A dump on its way: unpacked beside the server that is to read it, every file checked before the first is used."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator

from operations.backup.archive import tar_onto
from operations.backup.manifest import Part
from operations.backup.postgres_server import PostgresServer
from operations.restore.restored import Members, checked

REMOVE_SECONDS = 300.0
# What a killed run has left is cleared away two days later: nothing that works is that old.
UNPACK = """
umask 077
find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'ai-platform-restore.*' -mmin +2880 -exec rm -rf {} + 2>/dev/null
work=$(mktemp -d "${TMPDIR:-/tmp}/ai-platform-restore.XXXXXX") || exit 1
set -- "$1" "$work" $(df -Pk "$work" | tail -n 1)
if [ "$6" -lt "$1" ]; then
    rm -rf "$work"
    echo "the restore needs $1 KiB below $work, and only $6 KiB are free" >&2
    exit 1
fi
tar -C "$work" -xf - || { rm -rf "$work"; exit 1; }
printf %s "$work"
"""
REMOVE = 'rm -rf "$1"'


@contextlib.contextmanager
def staged(server: PostgresServer, part: Part, given: Members, needed_kib: int, seconds: float) -> Iterator[str]:
    """The folder on the server's side that holds the part's files, for as long as the block lasts."""
    folder = _unpack(server, part, given, needed_kib, seconds)
    try:
        yield folder
    finally:
        with server.script(REMOVE, (folder,), REMOVE_SECONDS):
            pass


def _unpack(server: PostgresServer, part: Part, given: Members, needed_kib: int, seconds: float) -> str:
    with server.script(UNPACK, (str(needed_kib),), seconds, subprocess.PIPE) as process:
        assert process.stdin and process.stdout  # noqa: S101  (both are pipes)
        try:
            with process.stdin as stdin, tar_onto(stdin) as tar:
                for info, content in checked(part, given):
                    tar.addfile(info, content)
        except BrokenPipeError:  # the script has said why
            return ""
        return process.stdout.read().decode()
