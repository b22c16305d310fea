"""What brings a container about: wishes that change, an engine that refuses, a machine that ends by itself."""

import threading
import time
from collections.abc import Callable
from typing import Any, cast

import pytest
from docker.errors import DockerException

from simulators.tensordock import containers
from simulators.tensordock.containers import ContainerMachine
from simulators.tensordock.machine import Address, MachineError
from simulators.tensordock.parts import Parts


class Engine:
    """The parts of one machine as an engine would have them. `refusals`: so many calls fail."""

    name = "machine"

    def __init__(self) -> None:
        self.done: list[str] = []
        self.state = "none"
        self.refusals = 0
        self.marked = False
        self.doors = 0

    def switch_on(self, *, anew: bool) -> Address:
        self._refuse()
        self.doors += anew or not self.doors
        if self.state != "on":
            self.marked = False
            self._note("on")
        return Address("127.64.0.1", {22: 20_000 + self.doors})

    def switch_off(self) -> None:
        self._refuse()
        self._note("off")

    def remove(self) -> None:
        self._refuse()
        self._note("gone")

    def powered_off(self) -> bool:
        return self.marked

    def run(self, *command: str) -> str:
        self._refuse()
        return " ".join(command)

    def _refuse(self) -> None:
        if self.refusals:
            self.refusals -= 1
            raise DockerException("no space left on device")

    def _note(self, state: str) -> None:
        if self.state != state:
            self.done.append(state)
        self.state = state


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def machine(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(containers, "LOOK_S", 0.002)
    ending = threading.Event()
    made = ContainerMachine(cast(Parts, engine), ending)
    yield made
    ending.set()
    made.thread.join(10)
    assert not made.thread.is_alive()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_machine_has_an_address_only_while_it_is_on(machine: ContainerMachine, engine: Engine) -> None:
    assert machine.address() is None
    machine.start()
    until(machine.address)
    machine.stop()
    assert machine.address() is None
    until(lambda: engine.state == "off")
    machine.start()
    until(machine.address)
    assert machine.address() == Address("127.64.0.1", {22: 20_002})


def test_an_engine_that_refuses_is_asked_again(
    machine: ContainerMachine, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.refusals = 3
    machine.start()
    until(machine.address)
    assert capsys.readouterr().err == "machine is to be on, but: no space left on device\n"


def test_an_adopted_machine_keeps_its_address(machine: ContainerMachine, engine: Engine) -> None:
    engine.doors, engine.state = 7, "on"
    machine.adopt(on=True)
    until(machine.address)
    assert machine.address() == Address("127.64.0.1", {22: 20_007})


def test_a_machine_that_powered_itself_off_stays_off_until_it_is_started(
    machine: ContainerMachine, engine: Engine
) -> None:
    machine.start()
    until(machine.address)
    engine.state, engine.marked = "off", True
    until(machine.powered_off)
    assert engine.done == ["on"]
    machine.start()
    until(lambda: engine.done == ["on", "on"])
    assert not machine.powered_off()


def test_a_machine_that_ended_without_anybody_wanting_it_runs_again(machine: ContainerMachine, engine: Engine) -> None:
    machine.start()
    until(machine.address)
    engine.state = "off"
    until(lambda: engine.done == ["on", "on"])
    assert engine.doors == 1


def test_what_was_destroyed_needs_nobody_any_more(machine: ContainerMachine, engine: Engine) -> None:
    engine.refusals = 2
    machine.destroy()
    machine.thread.join(10)
    assert engine.done == ["gone"]


def test_a_program_that_fails_inside_is_told(machine: ContainerMachine, engine: Engine) -> None:
    assert machine.program("gpu.py", "x=1") == "/opt/simulator/libexec/gpu.py x=1"
    engine.refusals = 1
    with pytest.raises(MachineError, match=r"machine: no space left"):
        machine.program("gpu.py")
