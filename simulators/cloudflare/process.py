"""The process that serves a kept account: start it, find it, end it."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from simulators import background
from simulators.daemon import ENDPOINT, served


@dataclass(frozen=True)
class Served:
    """An account that answers. `browsers`, `connectors`: where they come in (address:port)."""

    url: str
    browsers: str
    connectors: str
    token: str = field(repr=False)


def start(folder: Path, browsers: str, connectors: str) -> Served:
    """The account, which answers, where it ran already perhaps at other places. Raises ControlError."""
    command = ["simulators.cloudflare.daemon", str(folder), "--browsers", browsers, "--connectors", connectors]
    return background.start("simulated Cloudflare account", folder, command, lambda: running(folder))


def running(folder: Path) -> Served | None:
    """The account, if its process answers now."""
    if not served(folder):
        return None
    try:
        found = json.loads((folder / ENDPOINT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None  # it has only begun
    return Served(**found)


def stop(folder: Path) -> bool:
    """Ends the process; the account stays. False when none ran. Raises ControlError."""
    return background.stop(folder)
