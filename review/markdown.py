"""Markdown out of names and values that may hold anything: nothing from outside becomes markup, a link or a mention."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SPECIAL = re.compile(r":(?=\S)|[^A-Za-z0-9 :,./()';%+=?-]")
HYPERTEXT = re.compile(r"www\.", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
WIDEST = 120
"""Characters of a value that are shown."""


def clipped(text: str, widest: int = WIDEST) -> str:
    """One line of at most `widest` characters."""
    line = CONTROL.sub(" ", text).strip()
    return line if len(line) <= widest else f"{line[: widest - 1]}…"


def indented(text: str, widest: int) -> str:
    """The same with the spaces that it begins with."""
    return " " * (len(text) - len(text.lstrip(" "))) + clipped(text, widest)


def plain(text: str) -> str:
    """Text that reads as it was written: characters of markup travel as entities, which never are markup."""
    return HYPERTEXT.sub("www&#46;", SPECIAL.sub(lambda found: f"&#{ord(found[0])};", clipped(text, 400)))


def code(text: str) -> str:
    """The same in a fixed-width font, in which nobody is mentioned."""
    return f"<code>{plain(clipped(text)) or ' '}</code>"


def fence(lines: Iterable[str]) -> str:
    """The fence that none of the lines can close."""
    longest = max((len(found) for line in lines for found in re.findall(r"`+", line)), default=0)
    return "`" * max(3, longest + 1)


def row(cells: Sequence[str]) -> str:
    """A row of a table; the cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def heading_rows(headings: Sequence[str], numbers: int) -> list[str]:
    """The head of a table whose last `numbers` columns hold figures."""
    texts = len(headings) - numbers
    return [row(headings), row(["---"] * texts + ["---:"] * numbers)]


def signed(figure: float | None, digits: int = 2, unit: str = "") -> str:
    """A difference: nothing where there is none to tell, 0 for none."""
    if figure is None:
        return ""
    rounded = round(figure, digits)
    return "0" if not rounded else f"{'+' if rounded > 0 else '-'}{unit}{abs(rounded):,.{digits}f}"
