"""The built pages that a web service serves, by hand.

  releases          what is in the volume, the newest last, and which one is served
  rollback          serves the release before the one that is served, or the one that `--to` names
  deliver           serves the folder of the settings as it is now, also after a rollback

SERVICE is needed where the stack has several web services. A rollback holds until the folder changes.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Iterator

from operations.failure import USAGE, Failure, guarded
from operations.host_docker import host_docker
from operations.project import require_stack
from operations.site.deliver import deliver, site_of
from operations.site.volume import SiteVolume
from operations.stack_plan import stack_plan
from planning.plan import Plan, PlannedService


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = arguments().parse_args()
    return guarded(lambda: run(options))


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("scripts/site", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("verb", choices=("releases", "rollback", "deliver"), metavar="VERB")
    parser.add_argument("service", metavar="SERVICE", nargs="?")
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    parser.add_argument("--to", metavar="DIGEST", default="", help="release to roll back to; its first characters")
    return parser


def run(options: argparse.Namespace) -> None:
    require_stack(options.stack)
    plan = stack_plan(options.stack)
    service = web_service(plan, options.service)
    with _volume(plan, service) as volume:
        if options.verb == "releases":
            _show(volume)
        elif options.verb == "rollback":
            served = volume.rollback(volume.state().named(options.to) if options.to else "")
            print(f"{service.name}: release {served[:12]} is served")
        else:
            print(f"{service.name}: {deliver(volume, site_of(service.site or ''), again=True)}")


def web_service(plan: Plan, name: str | None) -> PlannedService:
    """The one that has a site, or the one of that name. Raises Failure where that is not exactly one."""
    sites = [service for service in plan.services if service.site]
    found = [service for service in sites if name in (None, service.name)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(service.name for service in sites) or "none"
    cause = f"{plan.name} has {'several services' if found else 'no such service'} with a site (known: {known})"
    raise Failure(cause, "name one of them, or set services.<name>.site", USAGE)


@contextlib.contextmanager
def _volume(plan: Plan, service: PlannedService) -> Iterator[SiteVolume]:
    assert service.container  # noqa: S101  (what has a site has a container)
    with host_docker(plan.name, plan.hosts, service.host) as docker:
        image = docker.run("container", "inspect", "--format", "{{.Image}}", service.container.name).strip()
        name = f"ai-platform-{plan.name}-{service.name}-{service.site_volume}"
        yield SiteVolume(docker=docker, image=image, volume=name)


def _show(volume: SiteVolume) -> None:
    state = volume.state()
    for release in state.releases:
        mark = "served" if release.digest == state.served else ""
        print(f"{release.digest[:12]}  {release.delivered}  {release.files:>6} files  {mark}".rstrip())
    if not state.releases:
        print("nothing has been delivered yet")


if __name__ == "__main__":
    sys.exit(main())
