"""Where this project keeps what it makes: per-checkout state and the cache that checkouts of one user share."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".state"


def cache() -> Path:
    """`$XDG_CACHE_HOME/ai-platform` (or `~/.cache/ai-platform`), created if missing."""
    base = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(base) if base else Path.home() / ".cache") / "ai-platform"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
