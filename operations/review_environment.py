"""A small environment for one pull request, on this machine: the services of another that run in its own Docker.

`up` makes it, or brings it up to date; `down` removes it with its data. It listens on a loopback address of its own,
so that it stands beside other environments; a person reaches it with `ssh -L`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

from operations.down import down
from operations.engine import Engine
from operations.failure import USAGE, Failure, guarded
from operations.installed import installed
from operations.project import ROOT, require_stack, state_folder
from operations.up import Consent, up
from settings.stack_file import NAMESPACE

MOST = 62_500
"""Pull requests that have an address of their own under 127.200.0.0/15; later ones share with earlier ones."""
PER_NETWORK = 250
CONNECTOR = "tunnel"
"""Without public names there is nothing that it would connect."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/review-environment", description=__doc__)
    parser.add_argument("verb", choices=("up", "down"))
    parser.add_argument("number", type=int, metavar="NUMBER", help="number of the pull request")
    parser.add_argument(
        "--like", default="dev", metavar="NAME", help="environment to take services from (default: dev)"
    )
    options = parser.parse_args()
    return guarded(lambda: review(options.verb, options.number, options.like))


def review(verb: str, number: int, like: str) -> None:
    """Raises Failure for an environment without services on this machine."""
    if number < 1:
        raise Failure(f"{number} is no pull request", "give its number", USAGE)
    require_stack(like)
    stack = f"review-{number}"
    file = ROOT / f"Pulumi.{stack}.yaml"
    document = yaml.safe_load((ROOT / f"Pulumi.{like}.yaml").read_text(encoding="utf-8-sig"))
    file.write_text(yaml.safe_dump(reduced(document, number), sort_keys=False), encoding="utf-8")
    if verb == "up":
        up(stack, Consent(), ask=False)
        return
    _remove(stack, file)


def reduced(document: dict[str, Any], number: int) -> dict[str, Any]:
    """A stack file with the local host and its services only, on the address of that pull request."""
    config = document["config"]
    hosts = config.get(f"{NAMESPACE}:hosts") or {}
    local = {name: host for name, host in hosts.items() if host.get("kind") == "local"}
    services = config.get(f"{NAMESPACE}:services") or {}
    kept = {name: service for name, service in services.items() if service.get("host") in local}
    kept = {name: service for name, service in kept.items() if (service.get("kind") or name) != CONNECTOR}
    if not kept:
        raise Failure("no service of it runs on this machine", "name another environment: --like dev", USAGE)
    address = f"127.{200 + number // MOST % 2}.{number % MOST // PER_NETWORK}.{number % PER_NETWORK + 1}"
    settings = {key: value for key, value in config.items() if key in _carried()}
    settings[f"{NAMESPACE}:hosts"] = {name: {**host, "address": address} for name, host in local.items()}
    settings[f"{NAMESPACE}:services"] = kept
    return {"config": settings}


def _carried() -> set[str]:
    """Not routes, budgets, secrets: a review environment has no public name and no account."""
    return {f"{NAMESPACE}:models", f"{NAMESPACE}:images"}


def _remove(stack: str, file: Path) -> None:
    installed()
    engine = Engine(stack)
    if engine.exists():
        down(stack, keep_data=False)
        engine.remove()
    for each in (file, state_folder("stacks") / file.name):
        each.unlink(missing_ok=True)
    print(f"{stack} is gone")


if __name__ == "__main__":
    sys.exit(main())
