"""One pass of the reaper over a hundred machines of one stack: its calls to the account, and its seconds."""

import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from operations.gpu.account import TensorDockAccount
from operations.gpu.listing import listed
from operations.gpu.machines import OurMachine
from operations.gpu.reaper.facts import Activity, Limits
from operations.gpu.reaper.hands import Told
from operations.gpu.reaper.stack_pass import StackPass
from operations.gpu.remembered import Watches, this_moment
from operations.gpu.small_file import SmallFile
from operations.gpu.spend.bookkeeper import Bookkeeper
from operations.gpu.spend.books import Books
from operations.gpu.spend.ledger import SpendLedger
from operations.gpu.spend.summing import latest
from providers.tensordock.client.deployment import Deployment, Size
from providers.tensordock.plugin.account import Account as ProviderAccount
from providers.tensordock.plugin.account import Surroundings
from simulators.tensordock.account import Account
from simulators.tensordock.clock import SimulatorClock
from simulators.tensordock.server import serving
from simulators.tensordock.service import TOKEN, Service
from tests.engine.tensordock_rig import CARD
from tests.unit.gpu.rented import name_of

STACK = "dev-inference"
MACHINES = 100
IN_USE = Activity.model_validate({"uptime_seconds": 9, "sources": {"gate": {"idle_seconds": 1}}})


class KnowingHands:
    """Every machine is in use: logins are not what is measured."""

    def activities(self, machines: Sequence[OurMachine], heartbeat: Collection[str]) -> Mapping[str, Told]:
        return {each.instance_id: IN_USE for each in machines if each.instance_id in heartbeat}

    def close(self, machine: OurMachine, idle_seconds: float) -> Told:
        raise RuntimeError(f"{machine.name} is in use, and was to be closed for {idle_seconds} s")

    def destroy(self, stack: str) -> None:
        raise RuntimeError(f"{stack} is in use, and was to be destroyed")


def remark() -> str:
    """What a pass takes, over HTTP on loopback: `pass over 100 VMs: 1 call, 0.3 s`."""
    service = Service(Account(SimulatorClock()))
    service.account.behaviour.calls_per_minute, service.account.behaviour.boot_s = None, 0
    service.account.place("loc-home").take(CARD, -MACHINES)
    with tempfile.TemporaryDirectory() as name, serving(service) as url:
        account = _account(url)
        _rent(account)
        passes = _passes(account, Path(name), service)
    first, later = passes
    return f"pass over {MACHINES} VMs: {later[0]} API call, {later[1]:.2f} s (the very first: {first[0]} calls)"


def _account(url: str) -> TensorDockAccount:
    given = {"apiToken": TOKEN, "baseUrl": url, "callsPerMinute": 1_000_000}
    return TensorDockAccount(ProviderAccount(given, Surroundings()), lambda: int(time.time()))


def _rent(account: TensorDockAccount) -> None:
    api = account.operation(600).api
    size = Size(vcpus=4, ram_gb=16, storage_gb=100, gpu_model=CARD, gpu_count=1)
    for number in range(MACHINES):
        name = name_of(resource=f"inference{number}")
        order = Deployment(name=name, image="ubuntu2404", size=size, location_id="loc-home", ssh_key="k")
        api.create(order)
    end = time.monotonic() + 60
    while any(each.status != "running" for each in api.instances()):
        if time.monotonic() > end:
            raise TimeoutError("the simulated machines do not come up")
        time.sleep(0.2)


def _passes(account: TensorDockAccount, folder: Path, service: Service) -> list[tuple[int, float]]:
    ledger = SpendLedger(folder / "spend.jsonl")
    found = []
    for _ in range(2):
        calls, began = len(service.calls), time.perf_counter()
        work = StackPass(
            keeper=Bookkeeper(account, ledger, STACK, "bench"),
            books=Books("dev", ledger, None, 0),
            hands=KnowingHands(),
            watches=Watches(SmallFile(folder / "watches.json"), this_moment),
            limits=lambda _machine: Limits(idle_minutes=30, stopped_days=7),
            tell=lambda _alert: None,
            note=lambda _idle: None,
        )
        done = work.run(listed(account, latest(ledger.facts()), [STACK]))
        if len(done) != MACHINES or any(one.failed for one in done):
            raise RuntimeError(f"{len(done)} machines were looked at")
        found.append((len(service.calls) - calls, time.perf_counter() - began))
    return found
