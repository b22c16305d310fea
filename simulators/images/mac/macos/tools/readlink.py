"""readlink(1) of BSD (apple-oss-distributions/file_cmds stat/stat.c): -f and -n only."""

from __future__ import annotations

from ..bsd import UsageError, become, options, refused


def main(arguments: list[str]) -> int:
    """Check the options, then go on as GNU readlink."""
    try:
        options("readlink", arguments, "fn", "usage: readlink [-fn] [file ...]")
    except UsageError as wrong:
        return refused(wrong)
    return become("readlink", arguments)
