"""Which state files of a backend of local files are damaged, for the engine's own message names none."""

from __future__ import annotations

import json
from pathlib import Path


def damage(backend_url: str, project: str) -> str:
    """One line for each state file that is no JSON, with the folder and the copies; empty for another backend."""
    if not backend_url.startswith("file://"):
        return ""
    folder = Path(backend_url.removeprefix("file://")).expanduser() / ".pulumi" / "stacks" / project
    faults = {file: _fault(file) for file in sorted(folder.glob("*.json"))}
    lines = [f"    {file.name}: {fault}; {_copy(file)}" for file, fault in faults.items() if fault]
    return "\n".join([f"damaged in {folder}:", *lines]) if lines else f"the backend is {folder.parents[2]}"


def _fault(file: Path) -> str:
    try:
        json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        return f"{file.stat().st_size} bytes, {error}"
    return ""


def _copy(file: Path) -> str:
    copy = file.with_name(f"{file.name}.bak")
    if not copy.is_file():
        return f"there is no {copy.name}"
    fault = _fault(copy)
    return f"{copy.name} is damaged too: {fault}" if fault else f"{copy.name} is whole: cp {copy} {file}"
