"""How a host script travels: what the login runs, and what goes to its standard input."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Literal

Mode = Literal["apply", "check"]

# The login shell of macOS is zsh, which is no POSIX shell. On standard input neither script nor secrets are seen in
# the host's process list, nor in the message of a failure. The script is read whole before any of it runs: cut off on
# its way it is a syntax error, and nothing happens.
READ_AND_RUN = 'IFS= read -r secrets && script=$(cat) && eval "$script"'


def login_command(mode: Mode) -> str:
    """The command of the login, for a remote shell of any kind."""
    return f"exec /bin/sh -c '{READ_AND_RUN}' ai-platform {mode}"


def standard_input(script: str, secrets: Mapping[str, str]) -> str:
    """One line of secrets (`name:base64`, apart by spaces), then the script, which holds none of them."""
    pairs = (f"{name}:{base64.b64encode(value.encode()).decode()}" for name, value in sorted(secrets.items()))
    return " ".join(pairs) + "\n" + script
