"""The simulated Cloudflare account of this checkout: one process in the background, shared by all its environments.

What is in the account outlives the process: it is kept in its folder. See settings/simulated_edge.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from operations.failure import Failure
from operations.ports import holder, is_free, is_here
from operations.project import ROOT
from planning.plan import Plan
from settings.environment import Environment
from settings.route import Edge
from settings.simulated_edge import FOLDER as BELOW

FOLDER = ROOT / BELOW


def start(plan: Plan, folder: Path = FOLDER, *, whole: bool = True) -> None:
    """The account runs, for an environment whose public names are simulated; it counts as a user until `release`.

    `whole`: browsers and connectors can come; that needs Docker's bridge, and the addresses to be free.

    Raises Failure with the last words of a process that did not start.
    """
    edge = simulated(plan.environment)
    if edge is None:
        return
    # Imported here, as everywhere in this file: only development environments simulate anything.
    from simulators.background import ControlError  # noqa: PLC0415
    from simulators.cloudflare import process  # noqa: PLC0415

    places = {"visitors": edge.browsers, "connectors": edge.connectors, "team": edge.team or ""}
    users = folder / "users"
    users.mkdir(parents=True, exist_ok=True, mode=0o700)
    if whole:
        _make_room(plan.name, edge, places, folder)
    (users / plan.name).touch()
    try:
        process.start(folder, places, whole=whole)
    except ControlError as error:
        raise Failure(str(error), f"read {folder / 'log'}, then run the same command again") from error


def release(plan: Plan, folder: Path = FOLDER) -> None:
    """The environment needs the account no longer; the process ends with its last user. Raises Failure."""
    users = folder / "users"
    (users / plan.name).unlink(missing_ok=True)
    if not users.exists() or any(users.iterdir()):
        return
    from simulators.background import ControlError  # noqa: PLC0415
    from simulators.cloudflare import process  # noqa: PLC0415

    try:
        if process.stop(folder):
            print("the simulated Cloudflare account is ended", file=sys.stderr, flush=True)
    except ControlError as error:
        raise Failure(str(error), "run the same command again") from error


@contextmanager
def lasting(plan: Plan, folder: Path = FOLDER) -> Iterator[None]:
    """The account answers while the block runs; for an environment that is up, and so one of its users, it goes on."""
    known = (folder / "users" / plan.name).exists()
    try:
        start(plan, folder, whole=known)
        yield
    finally:
        if not known:
            release(plan, folder)


def simulated(environment: Environment) -> Edge | None:
    """The simulated edge of an environment with public names; None for one without."""
    edge = environment.edge
    return edge if edge and edge.simulated and environment.outside else None


def _make_room(stack: str, edge: Edge, places: dict[str, str], folder: Path) -> None:
    """Ends a process without an edge, or with one elsewhere that nobody else uses. Raises Failure."""
    from simulators.cloudflare import process  # noqa: PLC0415

    found = process.running(folder)
    if found and found.open and found.places == places:
        return
    others = sorted({user.name for user in (folder / "users").iterdir()} - {stack})
    if found and found.open and others:
        raise Failure(
            f"the simulated Cloudflare account of this checkout serves {', '.join(others)} at "
            f"{found.places['visitors']} and {found.places['connectors']}, not where Pulumi.{stack}.yaml says",
            "give edge.browsers and edge.connectors these values, or remove the other environments",
        )
    if found:
        process.stop(folder)
    _refuse_addresses(stack, edge)


def _refuse_addresses(stack: str, edge: Edge) -> None:
    for key in ("browsers", "connectors"):
        listener: str = getattr(edge, key)
        address, _, port = listener.rpartition(":")
        if not is_here(address):
            raise Failure(
                f"{address} (edge.{key}) is no address of this machine, nothing was changed",
                f"set edge.{key} in Pulumi.{stack}.yaml; of connectors it is the gateway of Docker's bridge: "
                "docker network inspect bridge",
            )
        if not is_free(address, int(port)):
            raise Failure(
                f"{listener} (edge.{key}) is held by {holder(address, int(port))}, nothing was changed",
                f"stop what holds it, or set edge.{key} in Pulumi.{stack}.yaml",
            )
