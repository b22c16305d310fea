"""Durations as Docker reads them back: in Go's own spelling, else every preview shows a change."""

from __future__ import annotations


def go_duration(seconds: int) -> str:
    """30 -> "30s", 120 -> "2m0s", 3600 -> "1h0m0s"."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
