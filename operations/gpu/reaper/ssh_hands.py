"""Reads rented machines over SSH, at their present address."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from hosts.linux.dead_man import ACTIVITY
from operations.engine import Engine
from operations.failure import Failure
from operations.gpu import vm_stop
from operations.gpu.account import TensorDockAccount, understood
from operations.gpu.login import login_at, machines_of, recorded_machines
from operations.gpu.machines import OurMachine
from operations.gpu.reaper.facts import Unread, parsed
from operations.gpu.reaper.hands import Told
from operations.outputs import Machine
from operations.ssh import Command, run
from operations.ssh_login import Login

ANSWER_S: Final = 30.0
PATIENCE_S: Final = 5.0
WHOLE_S: Final = 90.0
AT_ONCE: Final = 32
PLACE_S: Final = 60.0
SSH: Final = 22
AS_ROOT: Final = f'if [ "$(id -u)" -eq 0 ]; then exec {ACTIVITY} %s; else exec sudo -n {ACTIVITY} %s; fi'


@dataclass(frozen=True)
class SshHands:
    """The machines of one stack, as its outputs know them, else as its state does."""

    stack: str
    account: TensorDockAccount

    def activities(self, machines: Sequence[OurMachine], heartbeat: Collection[str]) -> Mapping[str, Told]:
        async def all_of_them() -> list[Told]:
            turns = asyncio.Semaphore(AT_ONCE)

            async def one(machine: OurMachine) -> Told:
                async with turns:
                    return await self._ask(machine, "--heartbeat" if machine.instance_id in heartbeat else "")

            return await asyncio.gather(*map(one, machines))

        told = asyncio.run(all_of_them()) if machines else []
        return {machine.instance_id: one for machine, one in zip(machines, told, strict=True)}

    def close(self, machine: OurMachine, idle_seconds: float) -> Told:
        return asyncio.run(self._ask(machine, f"--close {max(0.0, idle_seconds):.3f}"))

    def destroy(self, stack: str) -> None:
        # Nobody is there to clear the lock of an update that was killed, and the machine costs money meanwhile.
        Engine(stack).clear_dead_locks()
        vm_stop.destroy(stack, yes=True)

    async def _ask(self, machine: OurMachine, arguments: str) -> Told:
        command = Command(text=AS_ROOT % (arguments, arguments), seconds=ANSWER_S, patience=PATIENCE_S)
        try:
            async with asyncio.timeout(WHOLE_S):
                return await self._answer(machine, command)
        except TimeoutError:
            return Unread(f"no answer within {WHOLE_S:.0f} s")
        except (Failure, OSError) as failure:
            return Unread(str(failure).partition("\n")[0])

    async def _answer(self, machine: OurMachine, command: Command) -> Told:
        host, place = self._place(machine)
        try:
            ended = await run(self._login(host, place), command)
        except Failure:
            # It may have been started by somebody else, and then it is somewhere else.
            moved = await asyncio.to_thread(self._moved, machine, place)
            if moved == place:
                raise
            ended = await run(self._login(host, moved), command)
        if ended.code:
            last = (ended.said or ended.output).strip().splitlines()[-1:]
            return Unread(f"ai-platform-activity ended with {ended.code}: {''.join(last)[:200]}")
        return parsed(ended.output)

    def _place(self, machine: OurMachine) -> tuple[str, Machine]:
        if found := _known(machine, self._machines) or _known(machine, self._recorded):
            return found
        raise Failure(f"{self.stack} was not brought up as far as {machine.name}", f"scripts/up -s {self.stack}")

    @cached_property
    def _machines(self) -> Mapping[str, Machine]:
        return machines_of(self.stack)

    @cached_property
    def _recorded(self) -> Mapping[str, Machine]:
        """Also those that an update made which ended badly."""
        return recorded_machines(self.stack)

    def _login(self, host: str, place: Machine) -> Login:
        return login_at(self.stack, host, place)

    def _moved(self, machine: OurMachine, place: Machine) -> Machine:
        with understood():
            found = self.account.operation(PLACE_S, reserved=True).api.instance(machine.instance_id)
        return place.model_copy(update={"ip_address": found.ip_address, "ssh_port": found.port(SSH)})


def _known(machine: OurMachine, places: Mapping[str, Machine]) -> tuple[str, Machine] | None:
    """The machine's host and what was known of it."""
    for host, place in places.items():
        if machine.name == place.name or machine.instance_id == place.instance_id:
            return host, place
    return None
