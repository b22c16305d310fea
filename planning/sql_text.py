"""SQL without what it quotes: comments, texts, quoted names and bodies of functions tell nothing of what runs."""

from __future__ import annotations

import re

QUOTED = re.compile(
    r"""
    --[^\n]* | /\*.*?\*/                    # comments
    | \b[eE]'(?:[^'\\]|\\.|'')*'            # a text in which a backslash hides what follows
    | '(?:[^']|'')*' | "(?:[^"]|"")*"       # a text, a name
    | (\$\w*\$).*?\1                        # a text between dollars, mostly the body of a function
    | \bbegin\s+atomic\b.*?\bend\b          # the same without quotes
    """,
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)


def unquoted(text: str) -> str:
    """The text with a space for each part that is quoted, so that a word at the beginning of a statement is one."""
    return QUOTED.sub(" ", text)
