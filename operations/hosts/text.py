"""What a machine says, made fit for a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text without what moves a cursor, colours, or hides: only lines and characters that can be seen."""
    return "".join(char if char == "\n" or char.isprintable() else "?" for char in text)
