"""Hosts by hand: the script that `pulumi up` runs on a host, over one login each, several hosts at once.

  check NAME...     what differs from the host's role; changes nothing
  apply NAME...     brings the host to its role; asks nothing
  facts NAME...     what the machine is; needs no role and no right
  trust NAME        shows the fingerprint of the host's key, and records the key once you have compared it

Exit codes: 0 as it should be; 1 a step failed, or bad usage; 2 (check) the host differs; 3 something that the host
needs is missing, nothing was changed; 4 another run holds the host's lock; 5 no login: unreachable, or a key was
refused. Of several hosts the worst, in the order 0 2 4 3 5 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from hosts.report import StepResult
from operations.failure import USAGE, Failure
from operations.hosts import clock
from operations.hosts.blocks import Blocks
from operations.hosts.job import Job, facts_job, role_job
from operations.hosts.many import run_all
from operations.hosts.outcome import Outcome, worst
from operations.hosts.shown import show_json, show_summary
from operations.hosts.target import targets
from operations.project import require_stack
from operations.stack_plan import stack_plan
from operations.telling import Parser, telling
from operations.trust import trust

VERBS = ("check", "apply", "facts")


def main() -> int:
    options = arguments().parse_args()
    return telling(lambda: run(options))


def arguments() -> argparse.ArgumentParser:
    purpose, _, codes = (__doc__ or "").rpartition("\n\n")
    parser = Parser("scripts/host", description=purpose, epilog=codes)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in (*VERBS, "trust"):
        added = verbs.add_parser(verb)
        added.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
        if verb == "trust":
            added.add_argument("host", metavar="NAME")
            added.add_argument("-y", "--yes", action="store_true", help="the fingerprint has been compared already")
        else:
            added.add_argument("hosts", metavar="NAME", nargs="*")
            added.add_argument("--all", action="store_true", help="every host that a login of ours provisions")
            added.add_argument("--json", action="store_true", help="print one JSON document instead")
    return parser


def run(options: argparse.Namespace) -> int:
    require_stack(options.stack)
    if options.verb == "trust":
        trust(options.stack, options.host, compared=options.yes)
        return 0
    if bool(options.hosts) == options.all:
        raise Failure("name hosts, or say --all", f"scripts/host {options.verb} --all -s {options.stack}", USAGE)
    jobs = _jobs(options)
    if options.json:
        outcomes = run_all(jobs)
        show_json(outcomes)
    else:
        outcomes = _run_shown(jobs, facts=options.verb == "facts")
        show_summary(outcomes)
    return int(worst(outcome.code for outcome in outcomes))


def _jobs(options: argparse.Namespace) -> list[Job]:
    facts = options.verb == "facts"
    chosen = targets(stack_plan(options.stack), options.hosts)
    if not chosen:
        raise Failure(
            f"{options.stack} has no host that a login of ours provisions", "docs/runbooks/add-a-host.md", USAGE
        )
    return [facts_job(target) if facts else role_job(target, options.verb) for target in chosen]


def _run_shown(jobs: Sequence[Job], *, facts: bool) -> list[Outcome]:
    blocks = Blocks([job.host for job in jobs], lambda line: print(line, flush=True))

    def hear_fact(host: str, fact: StepResult) -> None:
        blocks.fact(host, clock.compared(fact))

    return run_all(jobs, hear_fact if facts else blocks.step, blocks.end)


if __name__ == "__main__":
    sys.exit(main())
