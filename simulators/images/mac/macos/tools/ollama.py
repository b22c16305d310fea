"""ollama(1): the real program. `serve` runs the real server behind a proxy that answers as on a Mac with Metal: what is
loaded lies in the GPU's memory. See macos/ollama/proxy.py for its faults.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from ..ollama.serve import serve


def main(arguments: list[str]) -> int:
    """Serve, or go on as the real program."""
    program = _program()
    if arguments[:1] != ["serve"]:
        os.execv(program, ["ollama", *arguments])  # noqa: S606  (no shell is the point)
    return asyncio.run(serve(program))


def _program() -> Path:
    """The server of the keg that this program was started from: links are followed up to the keg, not the one in it."""
    path = Path(sys.argv[0])
    while path.is_symlink() and not str(path.readlink()).startswith("/opt/simulator"):
        path = path.parent / path.readlink()
    return path.parent.parent.resolve() / "libexec/ollama"
