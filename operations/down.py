"""`make down`: removes what `make up` made; data volumes only after a yes."""

from __future__ import annotations

import argparse
import sys

from operations import outputs, simulated_edge, simulated_hosts
from operations.docker_containers import docker
from operations.engine import Engine
from operations.failure import guarded
from operations.lost_host import forget
from operations.project import ROOT, require_stack
from planning.build import build
from settings.stack_file import read
from toolchain import docker_engine
from toolchain.image_references import references


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/down", description=__doc__)
    parser.add_argument("-s", "--stack", default="dev", help="environment to remove (default: dev)")
    parser.add_argument("-y", "--yes", action="store_true", help="remove data volumes too, without asking")
    parser.add_argument("--keep-data", action="store_true", help="keep data volumes, without asking")
    arguments = parser.parse_args()
    if arguments.yes and arguments.keep_data:
        parser.error("--yes and --keep-data contradict each other")
    keep = True if arguments.keep_data else False if arguments.yes else None
    return guarded(lambda: down(arguments.stack, keep_data=keep))


def down(stack: str, *, keep_data: bool | None) -> None:
    """Destroys the stack, then its simulated hosts, then (with consent) its data volumes on this machine."""
    require_stack(stack)
    parsed = read(ROOT, stack)
    plan = build(parsed, references(parsed.environment.images.source))
    if plan.rented:
        # Imported here: it brings the provider's client, which most environments do not need.
        from operations.gpu.giving_up import give_up  # noqa: PLC0415

        give_up(plan, keep_data=keep_data)
        return
    local = any(host.kind == "local" or host.simulated for host in plan.hosts.values())
    if keep_data is None and local:
        keep_data = not _agreed(stack)
    engine = Engine(stack)
    engine.require_unlocked()
    if local:
        docker_engine.ensure_engine()
        # A host must answer for its containers to be removed.
        for host in simulated_hosts.start(plan):
            forget(engine, plan, host)
    simulated_edge.start(plan)
    engine.select()
    engine.stream("destroy", "--yes", "--skip-preview")
    outputs.remove(stack)
    simulated_hosts.stop(plan)
    simulated_edge.release(plan)
    volumes = _volumes(stack) if local else []
    if volumes and not keep_data:
        docker("volume", "rm", *volumes)
        print(f"removed {_counted(len(volumes))}")
    elif volumes:
        print(f"kept {_counted(len(volumes))}; `make down STACK={stack} YES=1` removes what was kept")


def _counted(volumes: int) -> str:
    return "1 data volume" if volumes == 1 else f"{volumes} data volumes"


def _volumes(stack: str) -> list[str]:
    return docker("volume", "ls", "-q", "--filter", f"label=ai-platform.environment={stack}").split()


def _agreed(stack: str) -> bool:
    if not sys.stdin.isatty():
        return False  # there is nobody to ask, so nothing is lost
    return input(f"Remove the data volumes of {stack} too? All documents, databases and models go. [y/N] ") in (
        "y",
        "yes",
    )


if __name__ == "__main__":
    sys.exit(main())
