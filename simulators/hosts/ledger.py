"""Reading the append-only ledger of a simulated machine: its logins and, on a Mac, the calls of its programs."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from simulators.hosts.specification import container_name

LEDGER = "/var/log/simulator/ledger.jsonl"


def read_ledger(name: str) -> list[dict[str, Any]]:
    """Every entry so far, oldest first: {"kind": "login", ...} or {"kind": "call", "tool", "arguments", ...}."""
    command = ["docker", "exec", container_name(name), "cat", LEDGER]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    return [json.loads(line) for line in text.splitlines()]
