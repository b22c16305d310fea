"""From the moment at which a machine has been idle for its limit until TensorDock has accepted its stop. Real timers.

The reaper's own loop, a simulated account over HTTP, a real gate, and the machine's own program over a real SSH login
on loopback; of the machine only `ps`, `nvidia-smi`, `docker` and `systemctl` are stand-ins.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from bench import reaper_pass
from bench.measure import Measurement, interleave
from operations.gpu.account import TensorDockAccount
from operations.gpu.listing import listed
from operations.gpu.machines import OurMachine
from operations.gpu.reaper.__main__ import pause
from operations.gpu.reaper.facts import Limits, Unread, parsed
from operations.gpu.reaper.hands import Told
from operations.gpu.reaper.one_machine import Done
from operations.gpu.reaper.rounds import Round
from operations.gpu.reaper.stack_pass import StackPass
from operations.gpu.remembered import Watches, this_moment
from operations.gpu.small_file import SmallFile
from operations.gpu.spend.bookkeeper import Bookkeeper
from operations.gpu.spend.books import Books
from operations.gpu.spend.ledger import SpendLedger
from operations.gpu.spend.summing import latest
from operations.ssh import Command, run
from operations.ssh_login import Login
from providers.tensordock.client.deployment import Deployment, Size
from providers.tensordock.plugin.account import Account as ProviderAccount
from providers.tensordock.plugin.account import Surroundings
from settings.host import Ssh
from simulators.tensordock.account import Account
from simulators.tensordock.clock import SECOND, SimulatorClock
from simulators.tensordock.server import serving
from simulators.tensordock.service import TOKEN, Service
from tests.engine.sshd import Sshd, free_port, running_sshd
from tests.engine.tensordock_rig import CARD
from tests.unit.gpu.rented import name_of
from tests.unit.hosts.rented_machine import RentedMachine

STACK = "dev-inference"
LIMIT_S = 8.0
GOAL_S = 15.0
ROUNDS = 5
LONGEST_S = 120.0
GATE = Path(__file__).resolve().parent.parent / "images" / "gate"


@dataclass
class LoopbackHands:
    """Logs in to the loopback sshd and runs the machine's program there."""

    login: Login
    command: str

    def activities(self, machines: Sequence[OurMachine], heartbeat: Collection[str]) -> Mapping[str, Told]:
        return {each.instance_id: self.ask("--heartbeat" if heartbeat else "") for each in machines}

    def close(self, machine: OurMachine, idle_seconds: float) -> Told:
        print(f"closing {machine.name}", file=sys.stderr)
        return self.ask(f"--close {idle_seconds}")

    def destroy(self, stack: str) -> None:
        raise RuntimeError(f"{stack} was to be stopped, not destroyed")

    def ask(self, arguments: str) -> Told:
        ended = asyncio.run(run(self.login, Command(text=f"{self.command} {arguments}", seconds=30)))
        return parsed(ended.output)


def measure() -> Measurement:
    """Seconds. Raises RuntimeError where the machine is not stopped at all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["XDG_CACHE_HOME"] = name
        with running_sshd(folder) as server:
            pair = interleave(lambda: _once(folder, server), lambda: GOAL_S, ROUNDS)
    return pair.measurement("s", f"limit {LIMIT_S:.0f} s, reaper --watch", reaper_pass.remark())


def _once(folder: Path, server: Sshd) -> float:
    service = Service(Account(SimulatorClock()))
    mood = service.account.behaviour
    # A reaper looks again only after 20 seconds at a machine that starts; how long a stop takes is not its doing.
    mood.boot_s = mood.ip_s = mood.stop_s = 0
    place = Path(tempfile.mkdtemp(dir=folder))
    with serving(service) as url, _gate(place) as gate:
        account = _account(url)
        size = Size(vcpus=4, ram_gb=16, storage_gb=100, gpu_model=CARD, gpu_count=1)
        order = Deployment(name=name_of(), image="ubuntu2404", size=size, location_id="loc-home", ssh_key="k")
        account.operation(60).api.create(order)
        machine = RentedMachine(place, gate=gate)
        hands = LoopbackHands(_login(folder, server), machine.command("activity.py"))
        _watch(_work(place, account, hands))
        stop = next(call for call in service.calls if call.path.endswith("/stop"))
        told, now = hands.ask(""), time.time()
        if isinstance(told, Unread):
            raise RuntimeError(told.cause)
        return stop.at / SECOND - (now - told.idle_seconds + LIMIT_S)


def _watch(work: StackPass) -> None:
    """The loop of `gpu-reaper --watch`, until something is stopped."""
    account, end = work.keeper.account, time.monotonic() + LONGEST_S
    while time.monotonic() < end:
        began = time.monotonic()
        done: list[Done] = work.run(listed(account, latest(work.keeper.ledger.facts()), [STACK]))
        if any(one.machine.stopped for one in done):
            return
        time.sleep(max(0.2, pause(Round(done={STACK: done}), time.monotonic() - began)))


def _work(place: Path, account: TensorDockAccount, hands: LoopbackHands) -> StackPass:
    ledger = SpendLedger(place / "spend.jsonl")
    return StackPass(
        keeper=Bookkeeper(account, ledger, STACK, "bench"),
        books=Books("dev", ledger, None, 0),
        hands=hands,
        watches=Watches(SmallFile(place / "watches.json"), this_moment),
        limits=lambda _machine: Limits(idle_minutes=LIMIT_S / 60, stopped_days=7),
        tell=lambda _alert: None,
        note=lambda _idle: None,
    )


def _account(url: str) -> TensorDockAccount:
    given = {"apiToken": TOKEN, "baseUrl": url, "callsPerMinute": 1_000_000}
    return TensorDockAccount(ProviderAccount(given, Surroundings()), lambda: int(time.time()))


def _login(folder: Path, server: Sshd) -> Login:
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{server.port} {' '.join(server.host_key.split()[:2])}\n")
    user = str(server.connection()["user"])
    ssh = Ssh(user=user, port=server.port, identity_file=str(folder / "user"), known_hosts_file=str(known))
    return Login(stack=STACK, name="loopback", address="127.0.0.1", ssh=ssh)


@contextmanager
def _gate(place: Path) -> Iterator[str]:
    """The gate's own program on a loopback port, before an Ollama that nobody asks."""
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": str(GATE), "GATE_UPSTREAM": "http://127.0.0.1:9", "GATE_PORT": str(port)}
    with (place / "gate.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "gate"], env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url)
            yield url
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(url: str) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            requests.get(f"{url}/live", timeout=1).close()
        except requests.RequestException:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return
