"""The process that serves a kept account: start it, find it, end it."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from simulators import background
from simulators.daemon import ENDPOINT, LOCK, served


@dataclass(frozen=True)
class Found:
    """An account that answers. `places`: where visitors and connectors come in, and its team; `open`: they can."""

    url: str
    open: bool
    places: dict[str, str]
    token: str = field(repr=False)


def start(folder: Path, places: dict[str, str], *, whole: bool = True) -> Found:
    """The account, which answers; where it ran already, perhaps at other places.

    `whole`: with its edge; else a new process has none.

    Raises ControlError.
    """

    def found() -> Found | None:
        account = running(folder)
        return account if account and (account.open or not whole) else None

    options = [part for name, value in places.items() for part in (f"--{name}", value)]
    command = ["simulators.cloudflare.daemon", str(folder), *options, *([] if whole else ["--closed"])]
    return background.start("simulated Cloudflare account", folder, command, found)


def running(folder: Path) -> Found | None:
    """The account, if its process answers now."""
    if not served(folder):
        return None
    try:
        told = json.loads((folder / ENDPOINT).read_text(encoding="utf-8"))
        if told.pop("pid") != int((folder / LOCK).read_text(encoding="utf-8")):
            return None  # it tells of the process before
    except (FileNotFoundError, ValueError):
        return None  # it has only begun
    return Found(told.pop("url"), told.pop("open"), token=told.pop("token"), places=told)


def stop(folder: Path) -> bool:
    """Ends the process; the account stays. False when none ran. Raises ControlError."""
    return background.stop(folder)
