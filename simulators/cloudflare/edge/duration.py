"""Lengths of time as the API writes them: 24h, 30m, 1h30m."""

import re

UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
PART = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")


def seconds(text: str) -> float:
    """Raises ValueError for what is no length of time."""
    if text == "0" or not re.fullmatch(f"(?:{PART.pattern})+", text):
        raise ValueError(f"{text!r} is not a duration such as 24h or 30m")
    return sum(float(number) * UNITS[unit] for number, unit in PART.findall(text))
