"""plutil(1): -lint, and -extract KEYPATH raw, which prints one value."""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError


def main(arguments: list[str]) -> int:
    """Check files, or take a value out of one; 1 when that cannot be done."""
    match [argument for argument in arguments if argument not in {"-s", "--", "-n"}]:
        case ["-lint", *names] if names:
            return max(_lint(name) for name in names)
        case ["-extract", keys, "raw", "-o", "-", name] | ["-extract", keys, "raw", name]:
            return _extract(keys, name)
    print("plutil: only -lint and -extract KEYPATH raw are simulated", file=sys.stderr)
    return 1


def _lint(name: str) -> int:
    try:
        plistlib.loads(Path(name).read_bytes())
    except FileNotFoundError:
        print(f"{name}: file does not exist or is not readable or is not a regular file", file=sys.stderr)
    except (OSError, ValueError, ExpatError) as problem:
        print(f"{name}: {problem}")
    else:
        print(f"{name}: OK")
        return 0
    return 1


def _extract(keys: str, name: str) -> int:
    value: Any = plistlib.loads(Path(name).read_bytes())
    try:
        for key in keys.split("."):
            value = value[int(key)] if isinstance(value, list) else value[key]
    except (KeyError, IndexError, ValueError, TypeError):
        print(f"{name}: Could not extract value, error: No value at that key path or invalid key path: {keys}")
        return 1
    if isinstance(value, dict):
        print("\n".join(value))
    elif isinstance(value, bool):
        print(str(value).lower())
    else:
        print(len(value) if isinstance(value, list) else value)
    return 0
