"""mktemp(1) of BSD (apple-oss-distributions/shell_cmds mktemp/mktemp.c): -t is a prefix; X must end the template."""

from __future__ import annotations

import os
import random
import string
import sys
from pathlib import Path

from ..bsd import UsageError, options, refused

USAGE = (
    "usage: mktemp [-d] [-p tmpdir] [-q] [-t prefix] [-u] template ...\n"
    "       mktemp [-d] [-p tmpdir] [-q] [-u] -t prefix"
)


def main(arguments: list[str]) -> int:
    """Make a file, or with -d a directory, for each template, and print its name."""
    try:
        found, templates = options("mktemp", arguments, "dp:qt:u", USAGE)
    except UsageError as wrong:
        return refused(wrong)
    given = dict(found)
    folder = given.get("-p") or os.environ.get("TMPDIR") or "/tmp"  # noqa: S108  (what mktemp does)
    if "-t" in given or not templates:
        templates.append(f"{folder}/{given.get('-t', 'tmp')}.XXXXXXXXXX")
    for template in templates:
        try:
            print(_made(template, directory="-d" in given, keep="-u" not in given))
        except OSError as problem:
            call = "mkdtemp" if "-d" in given else "mkstemp"
            if "-q" not in given:
                print(f"mktemp: {call} failed on {template}: {problem.strerror}", file=sys.stderr)
            return 1
    return 0


def _made(template: str, *, directory: bool, keep: bool) -> str:
    stem = template.rstrip("X")
    while True:
        letters = random.SystemRandom().choices(string.ascii_letters + string.digits, k=len(template) - len(stem))
        path = Path(stem + "".join(letters))
        try:
            if directory:
                path.mkdir(mode=0o700)
            else:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            if letters:
                continue
            raise
        if not keep:
            path.rmdir() if directory else path.unlink()
        return str(path)
