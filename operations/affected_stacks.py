"""Names the environments that a change can touch: those whose files differ between a revision and this checkout.

One name a line, or with --json a list, for a job matrix. Nothing at all when only documents or tests differ.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

from catalogue.load import definitions
from operations.failure import guarded
from operations.project import ROOT, stack_names
from operations.review.base import git
from review.affected import Stack, affected
from settings.environment import Environment
from settings.problem import SettingsError
from settings.stack_file import read


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/affected-stacks", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--base", metavar="REV", help="git revision to compare with, e.g. origin/main")
    which.add_argument("--all", action="store_true", help="every environment that has a file here")
    parser.add_argument(
        "--without-rented", action="store_true", help="none with machines that are paid by the hour: merges never rent"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON list")
    options = parser.parse_args()
    return guarded(lambda: show(options))


def show(options: argparse.Namespace) -> None:
    """Raises Failure for a revision that git does not know here."""
    names = stack_names() if options.all else changed_since(options.base)
    if options.without_rented:
        names = [name for name in names if not _rents(name)]
    for line in [json.dumps(names)] if options.json else names:
        print(line)


def changed_since(base: str) -> list[str]:
    """Also tells, on standard error, of environments whose files are gone."""
    # Against the common ancestor: what has changed at the base since is not of this change.
    ancestor = git("merge-base", "--", base, "HEAD").strip()
    # --no-renames: a file that moves is one that goes and one that comes.
    files = git("diff", "--name-only", "--no-renames", "-z", ancestor, "--").split("\0")
    for gone in sorted(_removed(files)):
        print(f"{gone} is gone from here, and its environment stays as it is: scripts/down -s {gone}", file=sys.stderr)
    return affected(filter(None, files), [_stack(name) for name in stack_names()])


def _rents(name: str) -> bool:
    """One that cannot be read is not taken for one that rents: its job then fails and says why."""
    try:
        hosts = read(ROOT, name).environment.hosts.values()
    except SettingsError:
        return False
    return any(host.kind == "gpu_vm" for host in hosts)


def _stack(name: str) -> Stack:
    try:
        environment = read(ROOT, name).environment
    except SettingsError:
        return Stack(name=name, readable=False)
    kinds = {service.kind or key for key, service in environment.services.items()}
    return Stack(
        name=name,
        kinds=frozenset(kinds),
        images=frozenset(_images(kinds)),
        sites=frozenset(_sites(environment)),
    )


def _images(kinds: set[str]) -> Iterator[str]:
    known = definitions()
    for kind in kinds & known.keys():
        if image := known[kind].image:
            yield image.name


def _sites(environment: Environment) -> Iterator[str]:
    return (service.site for service in environment.services.values() if service.site)


def _removed(files: list[str]) -> set[str]:
    named = {file.split(".")[1] for file in files if file.startswith("Pulumi.") and file.count(".") == 2}
    return named - set(stack_names())


if __name__ == "__main__":
    sys.exit(main())
