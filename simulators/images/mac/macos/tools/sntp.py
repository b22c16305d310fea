"""sntp(1): how far the clock is off. The fault clock-offset gives the seconds; without it the clock is right."""

from __future__ import annotations

import os
import sys

from ..faults import seconds


def main(arguments: list[str]) -> int:
    """Print the offset for each server; `-s` and `-S`, which set the clock, are for root."""
    servers = [word for word in arguments if not word.startswith("-")]
    if not servers:
        print("usage: sntp [-sS] host-name-or-IP ...", file=sys.stderr)
        return 64
    sets = any(word.startswith("-") and set(word) & set("sS") for word in arguments)
    if sets and os.getuid() != 0:
        print("sntp: settimeofday(): Operation not permitted", file=sys.stderr)
        return 71
    for server in servers:
        print(f"{seconds('clock-offset', 60):+.6f} +/- 0.010208 {server} 17.253.14.125")
    return 0
