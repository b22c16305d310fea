"""The command line of colima, as far as hosts use it (abiosoft/colima cmd/start.go)."""

from __future__ import annotations

from argparse import ArgumentParser


def parser() -> ArgumentParser:
    """The parser; the defaults are those of a machine that nobody has configured."""
    made = ArgumentParser(prog="colima")
    made.set_defaults(force=False)
    commands = made.add_subparsers(dest="command", required=True)
    start = commands.add_parser("start")
    start.add_argument("--cpus", "--cpu", "-c", type=int, default=2)
    start.add_argument("--memory", "-m", type=float, default=2)
    start.add_argument("--disk", "-d", type=int, default=100)
    start.add_argument("--vm-type", default="vz")
    start.add_argument("--mount-type", default="virtiofs")
    start.add_argument("--mount", "-V", action="append", default=[])
    start.add_argument("--arch", "-a", default="aarch64")
    start.add_argument("--runtime", "-r", default="docker")
    start.add_argument("--foreground", "-f", action="store_true")
    commands.add_parser("stop").add_argument("--force", "-f", action="store_true")
    commands.add_parser("status").add_argument("--json", "-j", action="store_true")
    commands.add_parser("list").add_argument("--json", "-j", action="store_true")
    return made
