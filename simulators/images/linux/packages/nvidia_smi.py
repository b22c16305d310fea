#!/usr/bin/env python3
"""nvidia-smi: what /var/lib/simulator/gpu.csv says of the cards, one line each; without the file the driver is absent.

Forms: no arguments, -L, --query-gpu=FIELDS --format=csv[,noheader][,nounits], --query-compute-apps=FIELDS (no process).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

CARDS = Path("/var/lib/simulator/gpu.csv")
UNITS = {"memory": "MiB", "utilization": "%", "power": "W"}
ABSENT = (
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. "
    "Make sure that the latest NVIDIA driver is installed and running.\n"
)


def main(arguments: list[str]) -> int:
    """Answer one call; 9 without a driver and 2 for what is not understood, as the real one."""
    if not CARDS.exists():
        print(ABSENT)
        return 9
    with CARDS.open(encoding="ascii", newline="") as lines:
        cards = list(csv.DictReader(lines))
    options = dict(argument.lstrip("-").partition("=")[::2] for argument in arguments)
    if "query-gpu" in options:
        return _query(cards, options["query-gpu"].split(","), options.get("format", "").split(","))
    if "query-compute-apps" in options:
        return 0
    if options.keys() == {"L"}:
        for card in cards:
            print(f"GPU {card['index']}: {card['name']} (UUID: {card['uuid']})")
        return 0
    if options:
        print(f'Invalid combination of input arguments. Please run "nvidia-smi -h" for help.\n{arguments}')
        return 2
    _table(cards)
    return 0


def _query(cards: list[dict[str, str]], fields: list[str], form: list[str]) -> int:
    names = [field.strip() for field in fields]
    for name in names:
        if cards and name not in cards[0] and name != "count":
            print(f'Field "{name}" is not a valid field to query.\n')
            return 2
    if "noheader" not in form:
        units = [UNITS.get(name.partition(".")[0], "") for name in names]
        print(", ".join(f"{name} [{unit}]" if unit else name for name, unit in zip(names, units, strict=True)))
    for card in cards:
        values = [str(len(cards)) if name == "count" else card[name] for name in names]
        if "nounits" in form:
            bare = [name.partition(".")[0] in UNITS for name in names]
            values = [value.split()[0] if cut else value for value, cut in zip(values, bare, strict=True)]
        print(", ".join(values))
    return 0


def _table(cards: list[dict[str, str]]) -> None:
    driver = cards[0]["driver_version"] if cards else ""
    rows = [f"NVIDIA-SMI {driver:<17} Driver Version: {driver:<11} CUDA Version: 12.4"]
    for card in cards:
        used = f"{card['memory.used'].replace(' ', '')} / {card['memory.total'].replace(' ', '')}"
        rows.append(f"{card['index']:>3}  {card['name']:<32} {used:>21} {card['utilization.gpu']:>8} util")
    print("\n".join(["+" + "-" * 77 + "+", *(f"| {row:<75} |" for row in rows), "+" + "-" * 77 + "+"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
