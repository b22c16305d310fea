"""Containers behind the machines of a simulated account. One thread a machine brings about what it is to be."""

import contextlib
import hashlib
import sys
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Literal, Self

import docker
import requests
from docker.errors import DockerException

from simulators.hosts.specification import SimulatorError
from simulators.tensordock.machine import Address, MachineError
from simulators.tensordock.order import Order
from simulators.tensordock.parts import Parts, machines_of, remove

LOOK_S = 1.0
ENGINE_S = 60
END_S = 90
PROGRAMS = "/opt/simulator/libexec"
Goal = Literal["new", "on", "off", "gone"]


class ContainerMachine:
    """One machine. What its container does by itself, a reboot or an end with the engine, is noticed and followed."""

    def __init__(self, parts: Parts, ending: threading.Event) -> None:
        self._parts = parts
        self._ending = ending
        self._goal: Goal = "new"
        self._boot_wanted = False
        self._address: Address | None = None
        self._off_by_itself = False
        self._woken = threading.Event()
        self._lock = threading.Lock()
        self.thread = threading.Thread(target=self._live, name=parts.name, daemon=True)
        self.thread.start()

    def adopt(self, *, on: bool) -> None:
        self._want("on" if on else "off", boot=False)

    def start(self) -> None:
        self._want("on", boot=True)

    def stop(self) -> None:
        self._want("off", boot=False)

    def destroy(self) -> None:
        self._want("gone", boot=False)

    def address(self) -> Address | None:
        return self._address

    def powered_off(self) -> bool:
        return self._off_by_itself

    def cut_off(self, *, on: bool) -> None:
        with self._refusals():
            self._parts.cut_off(on=on)

    def program(self, *command: str) -> str:
        with self._refusals():
            return self._parts.run(f"{PROGRAMS}/{command[0]}", *command[1:])

    @contextlib.contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except (DockerException, SimulatorError) as error:
            raise MachineError(f"{self._parts.name}: {error}") from error

    def _want(self, goal: Goal, *, boot: bool) -> None:
        with self._lock:
            self._goal, self._boot_wanted = goal, boot
            self._address, self._off_by_itself = None, False
        self._woken.set()

    def _live(self) -> None:
        told = ""
        while True:
            self._woken.wait(LOOK_S)
            self._woken.clear()
            goal = self._goal
            try:
                self._bring_about(goal)
                told = ""
            except (DockerException, requests.RequestException, SimulatorError) as error:
                if str(error) != told:
                    told = str(error)
                    print(f"{self._parts.name} is to be {goal}, but: {error}", file=sys.stderr, flush=True)
                if self._ending.is_set():
                    return
                self._woken.wait(LOOK_S)
                continue
            if goal == "gone" or (self._ending.is_set() and goal == self._goal):
                return

    def _bring_about(self, goal: Goal) -> None:
        match goal:
            case "on":
                self._switch_on()
            case "off":
                self._parts.switch_off()
            case "gone":
                self._parts.remove()

    def _switch_on(self) -> None:
        with self._lock:
            boot, self._boot_wanted = self._boot_wanted, False
        try:
            by_itself = not boot and self._parts.powered_off()
            address = None if by_itself else self._parts.switch_on(anew=boot)
        except BaseException:
            with self._lock:
                self._boot_wanted |= boot
            raise
        with self._lock:
            if self._goal == "on" and not self._boot_wanted:
                self._address, self._off_by_itself = address, by_itself


class ContainerMachines:
    """Makes the machines of one account. At its end machines that are to go are gone; all others stay as they are."""

    def __init__(self, folder: str) -> None:
        self._account = hashlib.sha256(folder.encode()).hexdigest()[:12]
        self._engine = docker.from_env(timeout=ENGINE_S)
        self._ending = threading.Event()
        self._made: list[ContainerMachine] = []

    def __call__(self, identifier: str, order: Order) -> ContainerMachine:
        made = ContainerMachine(Parts(self._engine, self._account, identifier, order), self._ending)
        self._made.append(made)
        return made

    def remove_others(self, known: set[str]) -> None:
        """Removes what an earlier process was cut off from removing."""
        for identifier in machines_of(self._engine, self._account) - known:
            remove(self._engine, identifier)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ending.set()
        deadline = time.monotonic() + END_S
        for machine in self._made:
            machine.thread.join(max(0, deadline - time.monotonic()))
        self._engine.close()
