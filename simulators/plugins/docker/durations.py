"""Durations in Go's notation, as Docker's API (nanoseconds) and the official plugin (text) use them."""

import re

_NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")


def nanoseconds(text: str) -> int:
    """The nanoseconds of a duration like `1m30s`. Raises `ValueError` naming the text."""
    if text == "0":
        return 0
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is no duration; write it like 30s, 1m30s or 500ms")
    return round(sum(float(number) * _NANOSECONDS[unit] for number, unit in parts))


def spelled(duration: int) -> str:
    """Nanoseconds in Go's own spelling: 120 seconds are `2m0s`, 1.5 seconds `1.5s`, nothing is `0s`."""
    if duration == 0:
        return "0s"
    if duration < _NANOSECONDS["s"]:
        unit = next(unit for unit in ("ms", "µs", "ns") if duration >= _NANOSECONDS[unit])
        return f"{_decimal(duration, _NANOSECONDS[unit])}{unit}"
    minutes, rest = divmod(duration, _NANOSECONDS["m"])
    hours, minutes = divmod(minutes, 60)
    seconds = f"{_decimal(rest, _NANOSECONDS['s'])}s"
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds


def _decimal(duration: int, unit: int) -> str:
    whole, fraction = divmod(duration, unit)
    digits = f"{fraction:0{len(str(unit)) - 1}d}".rstrip("0") if unit > 1 else ""
    return f"{whole}.{digits}" if digits else str(whole)
