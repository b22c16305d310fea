#!/usr/bin/env python3
"""gpu.py FIELD=VALUE...: what nvidia-smi tells of every card from now on, for example utilization.gpu="97 %"."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

CARDS = Path("/var/lib/simulator/gpu.csv")


def main(arguments: list[str]) -> int:
    """Change the fields; 64 for one that no card has."""
    changes = dict(argument.partition("=")[::2] for argument in arguments)
    with CARDS.open(encoding="ascii", newline="") as lines:
        cards = list(csv.DictReader(lines))
    if unknown := changes.keys() - cards[0].keys():
        print(f"no card has {', '.join(sorted(unknown))}; there are {', '.join(cards[0])}", file=sys.stderr)
        return 64
    part = CARDS.with_suffix(".part")
    with part.open("w", encoding="ascii", newline="") as file:
        writer = csv.DictWriter(file, list(cards[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**card, **changes} for card in cards)
    part.replace(CARDS)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
