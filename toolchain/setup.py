"""Gets the Pulumi CLI and the plugins of this project; at once where all is there. Re-runnable at any time."""

import argparse
import sys

from toolchain.long_command import CommandFailed
from toolchain.plugin_install import ensure_plugins, placed_plugins, remove_stand_ins
from toolchain.pulumi_cli import CliMissing, find_cli


def check() -> int:
    """Tells what is there and where it is from; 1 if something is missing. Changes nothing."""
    cli = find_cli()
    if cli is None:
        print("Pulumi CLI: missing; run: python -m toolchain.setup")
        return 1
    print(f"Pulumi CLI: {cli.origin}, {cli.path}")
    placed = placed_plugins(cli.path)
    for one in placed:
        print(f"plugin {one.plugin.name} {one.plugin.version}: {one.origin}, {one.path}")
    return int(any(one.origin == "missing" for one in placed))


def install(official_again: bool) -> int:
    """Installs what is missing, then tells what is there."""
    from toolchain.pulumi_install import ensure_cli  # noqa: PLC0415  (costs 0.1 s that --check need not pay)

    cli = ensure_cli(_report)
    if official_again:
        remove_stand_ins(cli.path)
    ensure_plugins(cli.path, _report)
    return check()


def main() -> int:
    """Reads the arguments; the exit status is 0 when CLI and plugins are there."""
    parser = argparse.ArgumentParser(prog="python -m toolchain.setup", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only tell what is there and what is missing")
    parser.add_argument("--official", action="store_true", help="look again for official plugins in place of stand-ins")
    arguments = parser.parse_args()
    try:
        return check() if arguments.check else install(arguments.official)
    except (CliMissing, CommandFailed) as error:
        print(error, file=sys.stderr)
        return 1


def _report(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
