"""Makes, lists, verifies and thins out the backups of an environment.

run     saves every database, vector store, bucket and data volume, then lets go of what `backups.keep` does not name
list    whole backups only; a run that was cut off leaves none
verify  reads the repository and one backup from end to end and compares every byte
prune   only lets go; the newest backup and the newest proved one always stay

Exit codes: 0 done; 1 something failed, is damaged or is missing; 2 bad usage or settings, or no such backup.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time

from operations.backup.listing import Backup, choose, found
from operations.backup.lock import alone
from operations.backup.opening import backups_of, remember, repository_of
from operations.backup.prune import prune
from operations.backup.report import as_json, table
from operations.backup.repository import Repository
from operations.backup.run import back_up
from operations.backup.sources_of import sources_of
from operations.backup.verify import verify
from operations.console import console_for
from operations.failure import guarded
from operations.project import require_stack
from operations.stack_plan import stack_plan
from planning.plan import Plan

SECONDS = 6 * 3600.0
VERBS = ("run", "list", "verify", "prune")


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    purpose, _, codes = (__doc__ or "").rpartition("\n\n")
    parser = argparse.ArgumentParser(
        "scripts/backup", description=purpose, epilog=codes, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", nargs="?", choices=VERBS, default="run", help="default: run")
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    parser.add_argument("--backup", default="latest", metavar="WHICH", help="for verify: its name, or a time")
    parser.add_argument("--keep-all", action="store_true", help="for run: let go of nothing afterwards")
    parser.add_argument("--json", action="store_true", help="for list: one JSON line")
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS",
                        help="for another run of this machine to end first (default: 0)")  # fmt: skip
    parser.add_argument("--deadline", type=float, default=SECONDS, metavar="SECONDS",
                        help=f"end the whole run after this time (default: {SECONDS:.0f})")  # fmt: skip
    options = parser.parse_args()
    return guarded(lambda: run(options))


def run(options: argparse.Namespace) -> None:
    require_stack(options.stack)
    plan = stack_plan(options.stack)
    repository = repository_of(plan)
    if options.verb == "list":
        show(found(repository, plan.name), as_document=options.json)
        return
    with alone(plan.name, options.wait):
        if options.verb == "run":
            make(plan, repository, options)
        elif options.verb == "prune":
            tell_gone(prune(repository, plan.name, backups_of(plan).keep, options.deadline))
        else:
            backup = choose(found(repository, plan.name), options.backup)
            manifest = verify(repository, backup, options.deadline)
            print(f"{backup.name}: {len(manifest.parts)} parts, {manifest.bytes / 1e6:,.1f} MB, every byte as it was")


def make(plan: Plan, repository: Repository, options: argparse.Namespace) -> None:
    """One backup, then retention: nothing is let go of before the new one is whole."""
    began = time.monotonic()
    remember(plan, repository)
    with sources_of(plan) as sources:
        manifest = back_up(repository, plan.name, sources, options.deadline)
    size, seconds = manifest.bytes / 1e6, time.monotonic() - began
    print(f"{manifest.backup}: {len(manifest.parts)} parts, {size:,.1f} MB, {seconds:.0f} s, at {repository.location}")
    if not options.keep_all:
        tell_gone(prune(repository, plan.name, backups_of(plan).keep, options.deadline))


def show(backups: list[Backup], *, as_document: bool) -> None:
    if as_document:
        print(as_json(backups))
        return
    shown = table(backups)
    console_for(shown).print(shown)


def tell_gone(names: list[str]) -> None:
    print(f"let go of {', '.join(names)}" if names else "let go of nothing")


if __name__ == "__main__":
    sys.exit(main())
