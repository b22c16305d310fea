"""Is everything up? Probes every endpoint of an environment at once and says so, with an exit code to build on.

Exit codes: 0 all healthy; 1 something is unhealthy, or needs an endpoint that is not listed, or serves a certificate
that should have been issued anew; 2 it could not be told (no or bad outputs, bad usage, or, with nothing seen to be
unhealthy, a host that could not be reached in time). It reads outputs and opens connections; it changes nothing.
"""

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from operations.failure import Failure
from operations.probing.certificate import with_certificates
from operations.probing.endpoint import Endpoint, parse_endpoints, with_needs
from operations.probing.report import as_json, as_table
from operations.probing.sweep import run_sweep
from operations.probing.verdict import Verdict, exit_code, judge

COULD_NOT_TELL = 2


def positive(text: str) -> float:
    """A number of seconds above zero."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number of seconds")
    return value


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    description, _, codes = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser("scripts/health", description=description, epilog=codes)
    parser.add_argument("-s", "--stack", default="dev", help="whose endpoints to probe (default: dev)")
    parser.add_argument("--endpoints", metavar="FILE", help="read the JSON list of endpoints from FILE, or - for stdin")
    parser.add_argument("--name", action="append", metavar="NAME", default=[],
                        help="only this endpoint and what it needs; may be repeated")  # fmt: skip
    parser.add_argument("--no-backups", action="store_true", help="leave out how old backups and restore drills are")
    parser.add_argument("--json", action="store_true", help="print one JSON line instead of a table")
    parser.add_argument("--timeout", type=positive, default=30.0, metavar="SECONDS",
                        help="end the whole run after this time; each probe has its own (default: 30)")  # fmt: skip
    parser.add_argument("--watch", type=positive, nargs="?", const=5.0, metavar="SECONDS",
                        help="repeat until Ctrl-C, pausing this long (default: 5)")  # fmt: skip
    return parser.parse_args(argv)


@contextlib.contextmanager
def read_endpoints(stack: str, source: str | None) -> Iterator[list[Endpoint]]:
    """From a file, standard input or the stack's outputs; those of rented machines hold while the block runs.

    Raises OSError, or Failure or ValueError with cause and remedy.
    """
    if source is not None:
        yield parse_endpoints(json.loads(sys.stdin.read() if source == "-" else Path(source).read_text()))
        return
    from operations.outputs import stack_outputs  # noqa: PLC0415
    from operations.probing.issued import with_issued  # noqa: PLC0415

    outputs = stack_outputs(stack)
    if not outputs.machines:
        yield [*with_issued(parse_endpoints(outputs.endpoints), outputs, stack)]
        return
    # Imported here: it brings the provider's client, which most environments do not need.
    from operations.gpu.forwarding import reachable_outputs  # noqa: PLC0415

    with reachable_outputs(stack) as near:
        yield [*with_issued(parse_endpoints(near.endpoints), near, stack)]


def sweep(endpoints: Sequence[Endpoint], options: argparse.Namespace) -> list[Verdict]:
    """Every endpoint once, and how backups stand, unless only some endpoints are asked for."""
    verdicts = list(judge(endpoints, run_sweep(endpoints, options.timeout)))
    if options.endpoints or options.name or options.no_backups:
        return verdicts
    from operations.backup.probe import verdicts as of_backups  # noqa: PLC0415

    return [*verdicts, *of_backups(options.stack, options.timeout)]


def show(verdicts: Sequence[Verdict], *, as_document: bool, redraw: bool) -> None:
    """Print one sweep; a redraw clears the terminal first, and only a terminal."""
    if as_document:
        print(as_json(verdicts), flush=True)
        return
    from operations.console import console_for  # noqa: PLC0415

    table = as_table(verdicts)
    console = console_for(table)
    if redraw:
        console.clear()
    console.print(table)


def watch(endpoints: Sequence[Endpoint], options: argparse.Namespace) -> int:
    """Sweep and redraw until Ctrl-C; the code is that of the last complete sweep."""
    code = COULD_NOT_TELL
    try:
        while True:
            verdicts = sweep(endpoints, options)
            show(verdicts, as_document=options.json, redraw=True)
            code = exit_code(verdicts)
            time.sleep(options.watch)
    except KeyboardInterrupt:
        return code


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = arguments(argv)
    try:
        with read_endpoints(options.stack, options.endpoints) as endpoints:
            chosen = with_needs(endpoints, options.name) if options.name else endpoints
            return probe([*with_certificates(chosen)], options)
    except (OSError, ValueError, Failure) as fault:
        # A Failure of the outputs names the stack itself.
        source = f"{options.endpoints}: " if options.endpoints else ""
        print(f"error: {source}{fault}", file=sys.stderr)
        return COULD_NOT_TELL


def probe(endpoints: Sequence[Endpoint], options: argparse.Namespace) -> int:
    """One sweep, or sweeps until Ctrl-C."""
    if options.watch:
        return watch(endpoints, options)
    try:
        verdicts = sweep(endpoints, options)
    except KeyboardInterrupt:
        return COULD_NOT_TELL
    show(verdicts, as_document=options.json, redraw=False)
    return exit_code(verdicts)


if __name__ == "__main__":
    sys.exit(main())
