"""Models on the Ollamas of an environment: which there are, what nobody needs, one more, one less.

Exit codes: 0 done; 1 something failed or differs; 2 bad usage, or no such stack, service or model.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys

from operations.failure import guarded
from operations.model_inventory import inventory, remove, show, verify
from operations.model_pull import pull_onto
from operations.model_servers import ModelServer, near_servers
from operations.ollama.deadline import Deadline
from operations.ollama.names import parts, with_tag
from operations.ollama.pull import STALL_SECONDS

SECONDS = 3 * 3600.0
VERBS = {
    "list": "every model, with its digest, its size, and whether the plan names it for the server it is on",
    "unused": "models that the plan does not name for the server they are on",
    "pull": "take what the registry has under that name; goes on where an earlier pull stopped",
    "verify": "read every byte on the disks of the servers and compare it with its digest",
    "remove": "delete exactly one model from one server; never one that the plan names for it",
}


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = arguments().parse_args()
    return guarded(lambda: run(options))


def arguments() -> argparse.ArgumentParser:
    purpose, _, codes = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser("scripts/models", description=purpose, epilog=codes)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    common.add_argument("--service", metavar="NAME", help="only this Ollama of the stack")
    common.add_argument("--deadline", type=float, default=SECONDS, metavar="SECONDS",
                        help=f"end the whole run after this time (default: {SECONDS:.0f})")  # fmt: skip
    added = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs = {
        verb: added.add_parser(verb, parents=[common], help=text, description=text, epilog=codes)
        for verb, text in VERBS.items()
    }
    for verb in ("list", "unused"):
        verbs[verb].add_argument("--json", action="store_true", help="print one JSON line")
    for verb in ("pull", "remove"):
        verbs[verb].add_argument("model", metavar="MODEL")
    verbs["verify"].add_argument("model", metavar="MODEL", nargs="?")
    verbs["pull"].add_argument("--stall", type=float, default=STALL_SECONDS, metavar="SECONDS",
                               help=f"try again after so long without a new byte (default: {STALL_SECONDS:.0f})",
                               )  # fmt: skip
    return parser


def run(options: argparse.Namespace) -> None:
    model = getattr(options, "model", None)
    if model is not None:
        parts(model)
        model = with_tag(model)
    with near_servers(options.stack, options.service) as servers:
        _run(options, model, servers)


def _run(options: argparse.Namespace, model: str | None, servers: list[ModelServer]) -> None:
    deadline = Deadline(options.deadline)
    if options.verb == "pull":
        pull_onto(servers, with_tag(options.model), deadline, options.stall)
    elif options.verb == "remove":
        remove(servers, with_tag(options.model), deadline)
    elif options.verb == "verify":
        verify(servers, model, deadline)
    else:
        rows = [row for row in inventory(servers, deadline) if options.verb == "list" or not row.named]
        if options.json:
            print(json.dumps([row.as_json() for row in rows]))
        else:
            show(rows, options.stack)


if __name__ == "__main__":
    sys.exit(main())
