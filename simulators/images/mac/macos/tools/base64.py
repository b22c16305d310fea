"""base64(1) of macOS (apple-oss-distributions/text_cmds): one line unless told otherwise, files by -i and -o."""

from __future__ import annotations

import base64
import binascii
import sys
from pathlib import Path

from ..bsd import UsageError, options, refused

USAGE = "Usage:\tbase64 [-Ddh] [-b num] [-i in_file] [-o out_file]"
LONG = {"--decode": "-d", "--input": "-i", "--output": "-o", "--break": "-b"}


def main(arguments: list[str]) -> int:
    """Encode, or decode with -d or -D."""
    try:
        found, operands = options("base64", [LONG.get(word, word) for word in arguments], "Ddb:i:o:w:", USAGE)
        if operands:
            raise UsageError(f"base64: invalid argument {operands[0]}\n{USAGE}")
    except UsageError as wrong:
        return refused(wrong)
    given = dict(found)
    source = given.get("-i", "-")
    data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    try:
        result = (
            _decoded(data) if {"-d", "-D"} & set(given) else _encoded(data, int(given.get("-b", given.get("-w", 0))))
        )
    except binascii.Error:
        print("base64: stdin: error decoding base64 input stream", file=sys.stderr)
        return 1
    target = given.get("-o", "-")
    if target == "-":
        sys.stdout.buffer.write(result)
    else:
        Path(target).write_bytes(result)
    return 0


def _decoded(data: bytes) -> bytes:
    return base64.b64decode(b"".join(data.split()), validate=True)


def _encoded(data: bytes, width: int) -> bytes:
    text = base64.b64encode(data)
    lines = [text[at : at + width] for at in range(0, len(text), width)] if width else [text]
    return b"\n".join(lines) + b"\n"
