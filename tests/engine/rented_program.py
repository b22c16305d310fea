"""A program on the real CLI that rents from a simulated TensorDock account."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulators.tensordock.account import Account
from simulators.tensordock.clock import SimulatorClock
from simulators.tensordock.server import serving
from simulators.tensordock.service import Service
from tests.engine.conftest import Engine
from toolchain.places import ROOT


def quick_service(seconds: float) -> Service:
    """An account whose machines need so long for everything, and that may be called as often as one likes."""
    service = Service(Account(SimulatorClock()))
    steps = ("boot_s", "ip_s", "start_s", "stop_s", "delete_s")
    quick = {**dict.fromkeys(steps, seconds), "calls_per_minute": None}
    service.account.behaviour = service.account.behaviour.model_copy(update=quick)
    return service


@contextmanager
def renting(engine: Engine, service: Service, program: str, folder: Path) -> Iterator[str]:
    """The project finds the provider by its path; gives the URL of the account, which the caller has to hand over."""
    engine.environment["XDG_CACHE_HOME"] = str(folder / "cache")
    with serving(service) as url:
        engine.program(program)
        project = engine.folder / "Pulumi.yaml"
        path = os.path.relpath(ROOT / "providers" / "tensordock", engine.folder)
        project.write_text(f"{project.read_text()}plugins:\n  providers:\n  - {{name: tensordock, path: {path}}}\n")
        engine.configure("tensordock:pollSeconds", "0.1")
        engine.configure("tensordock:callsPerMinute", "100000")
        yield url
