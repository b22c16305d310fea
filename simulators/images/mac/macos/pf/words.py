"""The words of a pf configuration: lines joined, comments dropped, macros put in."""

from __future__ import annotations

import re
from collections.abc import Iterator

WORD = re.compile(r'\s*("[^"]*"|<[\w.-]+>|\([^)]*\)|[<>!]?=|[{}!]|[^\s{},"=!]+|,)')
MACRO = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(.*)")


class PfSyntaxError(Exception):
    """A configuration that pf does not take; `line` counts from 1."""

    def __init__(self, line: int, text: str = "syntax error") -> None:
        super().__init__(text)
        self.line = line
        self.text = text


def statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, words) of each statement, without the definitions of macros. Raises PfSyntaxError."""
    macros: dict[str, str] = {}
    for number, line in _lines(text):
        definition = MACRO.fullmatch(line)
        if definition:
            macros[definition[1]] = _expanded(definition[2], macros, number).strip().strip('"')
        elif line.strip():
            yield number, _words(_expanded(line, macros, number), number)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments; a line goes on after a backslash and until a brace is closed."""
    pending, first = "", 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = re.sub(r'#(?=(?:[^"]*"[^"]*")*[^"]*$).*', "", raw)
        first = first if pending else number
        continued = line.rstrip().endswith("\\")
        pending += line.rstrip().removesuffix("\\") + " "
        if not continued and pending.count("{") <= pending.count("}"):
            yield first, pending.strip()
            pending = ""
    if pending:
        raise PfSyntaxError(first)


def _expanded(line: str, macros: dict[str, str], number: int) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in macros:
            raise PfSyntaxError(number, f"macro '{match[1]}' not defined")
        return macros[match[1]]

    return re.sub(r"\$([A-Za-z_]\w*)", value, line)


def _words(line: str, number: int) -> list[str]:
    words, at = [], 0
    while at < len(line):
        match = WORD.match(line, at)
        if match is None:
            raise PfSyntaxError(number)
        words.append(match[1])
        at = match.end()
    return words
