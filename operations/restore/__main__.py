"""Puts a backup of an environment back, or proves that it could be put back.

data   makes everything that was saved beside the live data, compares it with what was saved, then changes places;
       the old data is kept, and the command that removes it is printed
drill  restores every database into a scratch one, compares and drops it; the live data is not touched
whole  for a host that was lost: brings the environment up on what is there now, restores all data, then probes it

Exit codes: 0 done; 1 something failed, and which data is live was told; 2 bad usage or settings, or no such backup.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import time

from operations.backup.listing import Backup, choose, found, manifest_of
from operations.backup.lock import alone
from operations.backup.manifest import DatabaseFacts, Manifest, NotesFacts, Part
from operations.backup.opening import repository_of
from operations.backup.repository import Repository
from operations.failure import USAGE, Failure, guarded
from operations.ollama.deadline import Deadline
from operations.project import require_stack
from operations.restore.drill import drill
from operations.restore.run import Restore
from operations.stack_plan import stack_plan
from planning.plan import Plan

SECONDS = 6 * 3600.0
LONGEST = 63
"""Bytes of a name in Postgres."""


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    purpose, _, codes = (__doc__ or "").rpartition("\n\n")
    parser = argparse.ArgumentParser(
        "scripts/restore", description=purpose, epilog=codes, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", nargs="?", choices=("data", "drill", "whole"), default="data", help="default: data")
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    parser.add_argument("--to", default="latest", metavar="WHEN",
                        help="latest (default), a backup's name, or a time: the last one before it")  # fmt: skip
    parser.add_argument("--service", action="append", default=[], metavar="NAME", type=name,
                        help="only its data; may be repeated")  # fmt: skip
    parser.add_argument("--database", metavar="NAME", type=name, help="only this database")
    parser.add_argument(
        "--into", metavar="NEW", type=name, help="leave the live database alone, and call the restored one NEW"
    )
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS",
                        help="for another run of this machine to end first (default: 0)")  # fmt: skip
    parser.add_argument("--deadline", type=float, default=SECONDS, metavar="SECONDS",
                        help=f"end the whole run after this time (default: {SECONDS:.0f})")  # fmt: skip
    options = parser.parse_args()
    if options.into and not options.database:
        parser.error("--into needs --database")
    return guarded(lambda: run(options))


def name(text: str) -> str:
    """Raises ArgumentTypeError for none: a variable of a shell that is empty must not come to mean everything."""
    if not text.strip():
        raise argparse.ArgumentTypeError("a name is missing")
    if len(text.encode()) > LONGEST:
        raise argparse.ArgumentTypeError(f"a name of more than {LONGEST} bytes, which Postgres would cut off silently")
    return text


def run(options: argparse.Namespace) -> None:
    require_stack(options.stack)
    plan, began, deadline = stack_plan(options.stack), time.monotonic(), Deadline(options.deadline)
    repository = repository_of(plan)
    with alone(plan.name, options.wait):
        backup = choose(found(repository, plan.name), options.to)
        print(f"{backup.name}: {backup.parts} parts, {backup.bytes / 1e6:,.1f} MB", flush=True)
        if options.verb == "drill":
            seconds = drill(plan, repository, backup, deadline)
            print(f"{backup.name} brings every database back: {seconds:.0f} s")
            return
        manifest = manifest_of(repository, backup)
        wanted = chosen(manifest, options)
        if options.verb == "whole":
            bring_up(plan)
        work = Restore(plan=plan, manifest=manifest, deadline=deadline, into=options.into)
        restore(work, repository, backup, wanted)
    if options.verb == "whole":
        from operations.probing_wait import until_healthy  # noqa: PLC0415

        until_healthy(plan.name)
    print(f"{plan.name}: restored to {backup.began.astimezone():%Y-%m-%d %H:%M} ({time.monotonic() - began:.0f} s)")


def chosen(manifest: Manifest, options: argparse.Namespace) -> list[Part]:
    """Raises Failure where the backup holds nothing of what was asked for."""
    parts = [part for part in manifest.parts if not isinstance(part.facts, NotesFacts)]
    if options.service:
        parts = [part for part in parts if part.service in options.service]
    if options.database:
        parts = [
            part for part in parts if isinstance(part.facts, DatabaseFacts) and part.facts.database == options.database
        ]
    if not parts or (options.into and len(parts) > 1):
        held = ", ".join(part.name for part in manifest.parts)
        what = "several databases of that name: add --service NAME" if parts else "nothing of that"
        raise Failure(f"{manifest.backup} holds {what}", f"it holds: {held}", USAGE)
    return parts


def restore(work: Restore, repository: Repository, backup: Backup, wanted: list[Part]) -> None:
    """Nothing is switched before all of it waits beside the live data."""
    with contextlib.ExitStack() as stack:
        work.prepare(repository, backup, wanted, stack)
        print("all of it waits beside the live data, and is as it was saved; switching", flush=True)
        while work.ready:
            print(work.ready[0].switch(), flush=True)
            work.ready.pop(0)


def bring_up(plan: Plan) -> None:
    """Every service may begin with nothing: its data is about to come back."""
    from operations.up import Consent, up  # noqa: PLC0415  (brings the whole toolchain along)

    up(plan.name, Consent(accept_empty=[service.name for service in plan.services]), ask=False)


if __name__ == "__main__":
    sys.exit(main())
