"""Settings that the simulated programs keep over a reboot: one JSON object each in /var/db/simulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path("/var/db/simulator")


def kept(name: str, factory: dict[str, Any]) -> dict[str, Any]:
    """The settings of a name, on top of those a new machine has."""
    file = FOLDER / f"{name}.json"
    return factory | (json.loads(file.read_text()) if file.exists() else {})


def keep(name: str, settings: dict[str, Any]) -> None:
    """Keep settings. Raises PermissionError for anybody but root."""
    file = FOLDER / f"{name}.json"
    part = file.with_suffix(".part")
    part.write_text(json.dumps(settings))
    part.replace(file)
