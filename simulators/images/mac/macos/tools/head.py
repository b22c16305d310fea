"""head(1) of BSD (apple-oss-distributions/text_cmds head/head.c): no count from the end."""

from __future__ import annotations

import re

from ..bsd import UsageError, become, options, refused

USAGE = "usage: head [-n lines | -c bytes] [file ...]"


def main(arguments: list[str]) -> int:
    """Check the counts, then go on as GNU head."""
    # The form of old, `head -5 file`.
    old = bool(arguments) and re.fullmatch(r"-\d+", arguments[0]) is not None
    try:
        found, _ = options("head", arguments[int(old) :], "n:c:qv", USAGE)
        for option, value in found:
            if option in {"-n", "-c"} and not value.removeprefix("+").isdigit():
                raise UsageError(f"head: illegal {'line' if option == '-n' else 'byte'} count -- {value}")
    except UsageError as wrong:
        return refused(wrong)
    return become("head", arguments)
