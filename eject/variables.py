"""Names of secrets as variables of a shell and of Compose, and texts that refer to them."""

from __future__ import annotations

import re
from collections.abc import Iterator

PLACEHOLDER = re.compile(r"\$\{(password|secret|certificate|authority)\.([a-z0-9_.-]+)\}")


def variable(kind: str, name: str) -> str:
    """`${password.open-webui}` -> PASSWORD_OPEN_WEBUI."""
    return re.sub(r"[^A-Z0-9]", "_", f"{kind}_{name}".upper())


def referring(template: str) -> str:
    """A template of the plan for Compose, which writes a literal dollar as the plan does: `$$`."""
    return PLACEHOLDER.sub(lambda found: f"${{{variable(found[1], found[2])}:?set it in .env}}", template)


def literal(text: str) -> str:
    """A text that Compose must not fill in."""
    return text.replace("$", "$$")


def used(template: str) -> Iterator[tuple[str, str]]:
    """Kind and name of every secret in it."""
    return ((found[1], found[2]) for found in PLACEHOLDER.finditer(template))


def quoted(value: str) -> str:
    """A value of `.env` as Compose and shells read it, of one line or several. Raises ValueError for what cannot be."""
    if "\r" in value or "'" in value:
        raise ValueError("holds a quote or a carriage return, which .env cannot hold")
    return f"'{value}'"
