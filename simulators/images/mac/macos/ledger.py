"""The append-only ledger of what was asked of this machine: one JSON object a line, never rewritten."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

LEDGER = Path("/var/log/simulator/ledger.jsonl")


def record(tool: str, arguments: list[str]) -> None:
    """Append one call. A line is one write to a file opened for append, so concurrent callers do not mix."""
    call = {"kind": "call", "tool": tool, "arguments": arguments, "uid": os.getuid(), "time": time.time()}
    with LEDGER.open("a", encoding="utf-8") as ledger:
        ledger.write(json.dumps(call) + "\n")
