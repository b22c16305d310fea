"""VM-minutes that nobody pays for on purpose: an `up` is killed, refused or loses its answer at each of its calls.

It is then run again until it succeeds, and the stack is destroyed. What is still there costs money: an hour later its
minutes are counted. The same sweep over a plain dynamic provider stands in the note. Time is simulated.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import requests

from bench.measure import Measurement
from bench.plain_instance import PlainInstance
from simulators.reply import Reply, Request
from simulators.tensordock.account import Account
from simulators.tensordock.clock import SECOND, SimulatorClock
from simulators.tensordock.faults import Fault
from simulators.tensordock.in_process import WaitingAdvances, session
from simulators.tensordock.service import Service
from tests.engine.plugin_process import PartialCreation, Refusal
from tests.engine.tensordock_rig import Killed, Rig

HOUR_S = 3600
RUNS = 4
FAULTS = (Fault(kind="error", status=500), Fault(kind="lost"), Fault(kind="slow", seconds=90))
ENDS = (Killed, PartialCreation, Refusal, requests.RequestException, KeyError, ValueError, TimeoutError)


class Plain:
    """The plain provider with an account of its own."""

    def __init__(self, _folder: Path) -> None:
        self.service = Service(Account(SimulatorClock(running=False, start=1_700_000_000 * SECOND)))
        self.service.account.behaviour.calls_per_minute = None
        self.watch: Callable[[Request, Reply | None], None] | None = None
        through = session(self.service, lambda call, reply: self.watch(call, reply) if self.watch else None)
        self._program = PlainInstance(through, WaitingAdvances(self.service))

    def up(self) -> None:
        self._program.up()

    def destroy(self) -> None:
        self._program.destroy()


Make = Callable[[Path], Rig | Plain]
Cut = Callable[[Rig | Plain], None]


def measure() -> Measurement:
    """Raises nothing of its own: what a run leaves behind is the figure."""
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_CACHE_HOME"] = name
        ours, tried = _leaked(Rig, Path(name))
        theirs, plain_tried = _leaked(Plain, Path(name))
    note = f"{tried} cut-off creations; the plain dynamic provider: {theirs:.0f} VM-minutes in {plain_tried}"
    return Measurement(ours, 1.0, ours, "VM-minutes", note)


def _leaked(make: Make, folder: Path) -> tuple[float, int]:
    """VM-minutes of an hour after each destruction, and how many creations were cut off."""
    minutes, tried = 0.0, 0
    for cut in _cuts(make, folder):
        scene = make(folder)
        cut(scene)
        for _ in range(RUNS):
            try:
                scene.up()
                break
            except ENDS:
                scene.watch = None
        scene.watch, scene.service.faults = None, []
        with contextlib.suppress(*ENDS):
            scene.destroy()
        scene.service.account.clock.advance(60)
        scene.service.settle()
        minutes += len(scene.service.account.ledger.running()) * HOUR_S / 60
        tried += 1
    return minutes, tried


def _cuts(make: Make, folder: Path) -> Iterator[Cut]:
    clean = make(folder)
    clean.up()
    for at in range(len(clean.service.calls)):
        for answered in (False, True):
            yield partial(_kill, at=at, answered=answered)
        for fault in FAULTS:
            yield partial(_trouble, fault=fault.model_copy(update={"skip": at}))


def _trouble(scene: Rig | Plain, fault: Fault) -> None:
    scene.service.faults.append(fault)


def _kill(scene: Rig | Plain, at: int, *, answered: bool) -> None:
    def watch(_call: Request, reply: Reply | None) -> None:
        if len(scene.service.calls) - (1 if reply else 0) == at and bool(reply) == answered:
            scene.watch = None
            raise Killed

    scene.watch = watch
