"""md5(1) of BSD (apple-oss-distributions/file_cmds md5/md5.c)."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from ..bsd import UsageError, options, refused


def main(arguments: list[str]) -> int:
    """Print the digest of each file, of -s STRING, or of standard input; -q prints the digest alone."""
    try:
        found, files = options("md5", arguments, "pqrs:tx", "usage: md5 [-pqrtx] [-c string] [-s string] [files ...]")
    except UsageError as wrong:
        return refused(wrong)
    given = dict(found)
    if not files:
        print(_digest(given["-s"].encode() if "-s" in given else sys.stdin.buffer.read()))
    for name in files:
        try:
            digest = _digest(Path(name).read_bytes())
        except OSError as problem:
            print(f"md5: {name}: {problem.strerror}", file=sys.stderr)
            return 1
        print(digest if "-q" in given else f"{digest} {name}" if "-r" in given else f"MD5 ({name}) = {digest}")
    return 0


def _digest(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
