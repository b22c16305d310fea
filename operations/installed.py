"""Makes sure that the Pulumi CLI and the plugins are there."""

from __future__ import annotations

from operations.failure import Failure
from toolchain import setup
from toolchain.long_command import CommandFailed
from toolchain.pulumi_cli import CliMissing


def installed() -> None:
    """At once where all is there. Raises Failure."""
    try:
        missing = setup.install(official_again=False)
    except (CliMissing, CommandFailed) as error:
        raise Failure(str(error), "mend that, then run: make setup") from error
    if missing:
        raise Failure("a plugin is still missing, see above", "run: make setup")
