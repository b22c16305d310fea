"""The configuration file that the engine is given for a stack.

The engine writes the salt of its encryption into a stack's file. A file that is kept in the repository without one
(the development environment, whose passphrase is made on each machine) must not change with every checkout: the
engine then gets a private copy under .state, with this checkout's own salt.
"""

from __future__ import annotations

import re
from pathlib import Path

SALT = re.compile(r"^encryptionsalt: .*$", re.MULTILINE)
ENCRYPTED = re.compile(r"^(encryptionsalt|encryptedkey|secretsprovider):", re.MULTILINE)


def is_private(tracked: Path) -> bool:
    """Whether the stack's own file holds no encryption of its own."""
    return not ENCRYPTED.search(tracked.read_text(encoding="utf-8-sig"))


def private_copy(tracked: Path, folder: Path) -> Path:
    """Brings the copy in `folder` up to date with the tracked file, keeping the copy's salt."""
    copy = folder / tracked.name
    found = SALT.search(copy.read_text(encoding="utf-8")) if copy.is_file() else None
    text = tracked.read_text(encoding="utf-8-sig")
    copy.write_text(with_salt(text, found[0] if found else ""), encoding="utf-8")
    return copy


def with_salt(text: str, salt: str) -> str:
    """A stack file's text with `salt` (a whole line, or nothing) in place of the salts that it has."""
    rest = re.sub(r"\n{3,}", "\n\n", SALT.sub("", text)).strip("\n")
    return f"{rest}\n{salt}\n" if salt else f"{rest}\n"
