"""Gets the Pulumi CLI and the plugins of this project; at once where all is there. Re-runnable at any time."""

import argparse
import sys

from toolchain.bytecode import compile_modules
from toolchain.long_command import CommandFailed
from toolchain.plugin_install import Placed, ensure_plugins, placed_plugins, remove_stand_ins
from toolchain.pulumi_cli import Cli, CliMissing, cli_version, find_cli

PLUGIN_ORIGINS = {"stand-in": "stand-ins for", "missing": "missing"}
"""What is worth a word beside official plugins, and the words."""


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


def install(official_again: bool) -> tuple[Cli, list[Placed]]:
    """Installs what is missing; says nothing where all is there. Raises CliMissing or CommandFailed."""
    from toolchain.pulumi_install import ensure_cli  # noqa: PLC0415  (costs 0.1 s that --check need not pay)

    compile_modules()
    cli = ensure_cli(_report)
    if official_again:
        remove_stand_ins(cli.path)
    return cli, ensure_plugins(cli.path, _report)


def summary(cli: Cli, placed: list[Placed]) -> str:
    """One line: the CLI, and which plugins are not the official ones."""
    parts = []
    for origin, words in PLUGIN_ORIGINS.items():
        names = [one.plugin.name for one in placed if one.origin == origin]
        parts += [f"{words}: {', '.join(names)}"] if names else []
    version = ".".join(map(str, cli_version(cli.path)))
    return f"Pulumi {version} ({cli.origin}); {'; '.join(parts) or 'official plugins'}"


def main() -> int:
    """Reads the arguments; the exit status is 0 when CLI and plugins are there."""
    parser = argparse.ArgumentParser(prog="python -m toolchain.setup", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only tell what is there and what is missing")
    parser.add_argument("--official", action="store_true", help="look again for official plugins in place of stand-ins")
    arguments = parser.parse_args()
    try:
        if not arguments.check:
            install(arguments.official)
        return check()
    except (CliMissing, CommandFailed) as error:
        print(error, file=sys.stderr)
        return 1


def _report(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
