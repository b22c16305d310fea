"""realpath(1) of BSD (apple-oss-distributions/shell_cmds realpath/realpath.c): -q only, and the path must exist."""

from __future__ import annotations

from ..bsd import UsageError, become, options, refused


def main(arguments: list[str]) -> int:
    """Check the options, then go on as GNU realpath."""
    try:
        _, paths = options("realpath", arguments, "q", "usage: realpath [-q] [path ...]")
    except UsageError as wrong:
        return refused(wrong)
    return become("realpath", ["-e", *(["-q"] if "-q" in arguments else []), "--", *(paths or ["."])])
