"""The folder in which the Pulumi CLI keeps plugins and logins for this checkout."""

import json
import os
from pathlib import Path

from toolchain.places import STATE

USERS_OWN = Path.home() / ".pulumi"


def pulumi_home() -> Path:
    """`PULUMI_HOME` where the user has set it, else a folder of this checkout, so that checkouts never mix."""
    chosen = os.environ.get("PULUMI_HOME")
    return Path(chosen) if chosen else STATE / "pulumi-home"


def credentials_folder() -> Path | None:
    """The folder of the login that the CLI should use: in PULUMI_CREDENTIALS_PATH, our home, or the user's own."""
    chosen = os.environ.get("PULUMI_CREDENTIALS_PATH")
    folders = [Path(chosen)] if chosen else [pulumi_home(), USERS_OWN]
    return next((folder for folder in folders if _is_logged_in(folder / "credentials.json")), None)


def _is_logged_in(file: Path) -> bool:
    try:
        return bool(json.loads(file.read_text(encoding="utf-8")).get("current"))
    except (OSError, ValueError, AttributeError):
        return False
