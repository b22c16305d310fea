"""defaults(1): real property lists, by domain or by path without .plist; preferences of the machine are root's."""

from __future__ import annotations

import os
import plistlib
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any


def _truth(text: str) -> bool:
    return text.lower() in {"true", "yes", "1"}


KINDS: dict[str, Callable[[str], Any]] = {"-bool": _truth, "-int": int, "-float": float, "-string": str}
KINDS |= {"-boolean": _truth, "-integer": int}


def main(arguments: list[str]) -> int:
    """read DOMAIN [KEY], write DOMAIN KEY [-KIND] VALUE, delete DOMAIN [KEY]."""
    if len(arguments) < 2:
        print("Command line interface to a user's defaults.", file=sys.stderr)
        return 255
    command, domain, *rest = arguments
    file = _file(domain)
    values: dict[str, Any] = plistlib.loads(file.read_bytes()) if file.exists() else {}
    if command in {"read", "delete"} and rest and rest[0] not in values:
        return _refused(f"The domain/default pair of ({domain}, {rest[0]}) does not exist")
    match command, rest:
        case "read", []:
            status = _shown(values) if file.exists() else _refused(f"Domain {domain} does not exist")
        case "read", [key]:
            status = _shown(values[key])
        case "write", [key, *given] if given:
            kind, text = (given[0], given[-1]) if given[0] in KINDS else ("-string", given[-1])
            status = _kept(file, domain, values | {key: KINDS[kind](text)})
        case "delete", keys:
            status = _kept(file, domain, {name: values[name] for name in values if keys and name not in keys})
        case _:
            status = _refused(f"Unknown command: {command}")
    return status


def _file(domain: str) -> Path:
    path = Path(domain) if domain.startswith("/") else Path.home() / "Library/Preferences" / domain
    return path if path.suffix == ".plist" else path.with_name(f"{path.name}.plist")


def _shown(value: Any) -> int:
    if isinstance(value, dict):
        print("{\n" + "".join(f"    {key} = {_text(item)};\n" for key, item in sorted(value.items())) + "}")
    else:
        print(_text(value))
    return 0


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _refused(text: str) -> int:
    now = datetime.now().isoformat(sep=" ", timespec="milliseconds")
    print(f"{now} defaults[{os.getpid()}:{os.getpid() * 7}] \n{text}", file=sys.stderr)
    return 1


def _kept(file: Path, domain: str, values: dict[str, Any]) -> int:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(plistlib.dumps(values))
    except PermissionError:
        return _refused(f"Could not write domain {domain}; exiting")
    return 0
