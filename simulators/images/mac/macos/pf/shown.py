"""What `pfctl -s` prints."""

from __future__ import annotations

import time

from .loaded import Loaded
from .ruleset import Ruleset


def shown(state: Loaded, what: str, anchor: str) -> str:
    """The text for a word of -s or the beginning of one: info, rules, Anchors, Tables."""
    ruleset = state.rulesets.get(anchor, Ruleset())
    if "info".startswith(what):
        lines = [_status(state.enabled_at)]
    elif "rules".startswith(what):
        lines = [str(entry) for entry in ruleset.entries]
    elif "Anchors".startswith(what):
        lines = [f"  {name}" for name in sorted(state.rulesets) if name and name != anchor and name.startswith(anchor)]
    elif "Tables".startswith(what):
        lines = [table.strip("<>") for table in ruleset.tables]
    else:
        lines = []
    return "".join(f"{line}\n" for line in lines)


def _status(enabled_at: float | None) -> str:
    age = 0 if enabled_at is None else int(time.time() - enabled_at)
    spent = f"for {age // 86400} days {age // 3600 % 24:02}:{age // 60 % 60:02}:{age % 60:02}"
    words = f"{'Disabled' if enabled_at is None else 'Enabled'} {spent}"
    return f"Status: {words:<44} Debug: Urgent"
