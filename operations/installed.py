"""Makes sure that the Pulumi CLI and the plugins are there."""

from __future__ import annotations

from operations.failure import Failure
from toolchain import setup
from toolchain.long_command import CommandFailed
from toolchain.pulumi_cli import CliMissing


def installed() -> None:
    """At once where all is there; one line tells what is used. Raises Failure."""
    try:
        cli, placed = setup.install(official_again=False)
    except (CliMissing, CommandFailed) as error:
        raise Failure(str(error), "mend that, then run: make setup") from error
    print(setup.summary(cli, placed), flush=True)
    if any(one.origin == "missing" for one in placed):
        raise Failure("a plugin is still missing", "run: make setup")
