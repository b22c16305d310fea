"""Secrets that nobody has marked, known by how they stand in a text: behind a name, in a URL, in a header, as a key."""

from __future__ import annotations

import re

MASK = "[secret]"
_NAMES = r"(?:(?:password|passwd|passphrase|secret|private[_-]?key|api[_-]?key|access[_-]?key|credential)s?|token|pwd)"
SECRET_NAME = re.compile(rf"{_NAMES}$", re.IGNORECASE)
OPTION = re.compile(rf"--?[\w-]*{_NAMES}", re.IGNORECASE)
"""Of a command line: the secret is the next word."""
VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
IN_TEXT = (
    (re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)"), rf"\1{MASK}"),
    (re.compile(r"\b(Bearer|Basic) +[^\s\"',]+", re.IGNORECASE), rf"\1 {MASK}"),
    (re.compile(rf"({_NAMES}[\"']?\s*[=:]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s\"',;&]+)", re.IGNORECASE), rf"\1{MASK}"),
)


def without_shapes(text: str) -> str:
    """The text with the secrets masked that are known by their place in it."""
    if PRIVATE_KEY.search(text):
        return MASK
    variable = VARIABLE.fullmatch(text)
    if variable and variable[2] and SECRET_NAME.search(variable[1]):
        return f"{variable[1]}={MASK}"
    for shape, masked in IN_TEXT:
        text = shape.sub(masked, text)
    return text
