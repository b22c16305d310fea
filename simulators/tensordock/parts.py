"""What one machine of a simulated account is made of in the Docker engine: a network and two containers.

The first container is the machine with its disk. The second, its door, has the published ports.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import docker
from docker.errors import APIError, NotFound
from docker.models.containers import Container

from simulators.hosts.container import machine_config
from simulators.hosts.specification import SimulatorError
from simulators.tensordock.door import FORWARD, address, door_config
from simulators.tensordock.first_boot import archive
from simulators.tensordock.machine import Address
from simulators.tensordock.order import SSH, Order
from toolchain.image_references import recorded_references

IMAGE = "gpu-vm"
ACCOUNT_LABEL = "ai-platform.simulator.account"
MACHINE_LABEL = "ai-platform.simulator.machine"
MEMORY_GB, CPUS = 4, 2
"""At most; a machine here is smaller than what was ordered."""
MARK = "/var/lib/simulator/powered-off"
WITHHELD = ("SYS_TIME",)
STOP_S = 20


@dataclass(frozen=True)
class Parts:
    """The parts of one machine. Every method may be repeated and begins with what is there. Raises DockerException."""

    engine: docker.DockerClient
    account: str
    identifier: str
    order: Order

    @property
    def name(self) -> str:
        """Of the machine's container and of its network."""
        return part_name(self.identifier)

    def switch_on(self, *, anew: bool) -> Address:
        """The address of the machine, which runs; another one than before where `anew`."""
        machine = self._find(self.name) or self._make()
        if machine.status == "created":
            machine.put_archive("/", archive(self.identifier, self.order))
        if machine.status != "running":
            machine.start()
        door = self._find(f"{self.name}-address")
        if door is not None and anew:
            door.remove(force=True)
            door = None
        door = door or self._make_door()
        if door.status not in ("running", "paused"):
            self._open(door)
        return address(door)

    def switch_off(self) -> None:
        """The machine has ended in good order, and nothing answers at its address."""
        if door := self._find(f"{self.name}-address"):
            door.remove(force=True)
        machine = self._find(self.name)
        if machine is not None and machine.status == "running":
            machine.stop(timeout=STOP_S)

    def cut_off(self, *, on: bool) -> None:
        """While it is cut off, connections to the machine are accepted and get no answer."""
        door = self.engine.containers.get(f"{self.name}-address")
        if on and door.status == "running":
            door.pause()
        if not on and door.status == "paused":
            door.unpause()

    def remove(self) -> None:
        """Nothing of it is left."""
        remove(self.engine, self.identifier)

    def powered_off(self) -> bool:
        """Whether it has ended because somebody inside switched it off."""
        machine = self._find(self.name)
        if machine is None or machine.status != "exited":
            return False
        with suppress(NotFound):
            machine.get_archive(MARK)
            return True
        return False

    def run(self, *command: str) -> str:
        """Output of a command inside, as root. Raises SimulatorError where it fails."""
        code, output = self.engine.containers.get(self.name).exec_run(list(command))
        said = b"".join([output] if isinstance(output, bytes) else output).decode(errors="replace").strip()
        if code:
            raise SimulatorError(said or f"{command[0]} ended with {code}")
        return said

    def _find(self, name: str) -> Container | None:
        try:
            return self.engine.containers.get(name)
        except NotFound:
            return None

    def _labels(self) -> dict[str, str]:
        return {ACCOUNT_LABEL: self.account, MACHINE_LABEL: self.identifier}

    def _make(self) -> Container:
        image = recorded_references().get(IMAGE)
        if image is None:
            raise SimulatorError(
                f"the image of simulated GPU machines is not built; run: python -m toolchain.images {IMAGE}"
            )
        if not self.engine.networks.list(names=[f"^{self.name}$"]):
            self.engine.networks.create(self.name, driver="bridge", labels=self._labels())
        config = machine_config(
            self.engine.api,
            WITHHELD,
            mem_limit=f"{min(self.order.ram_gb, MEMORY_GB)}g",
            nano_cpus=min(self.order.vcpus, CPUS) * 10**9,
        )
        return self._created(self.name, image, config, alias="vm", hostname=self.order.name[:63])

    def _make_door(self) -> Container:
        inside = sorted({SSH, *(port for port, _ in self.order.forwards)})
        config = door_config(self.engine.api, inside)
        image = self.engine.containers.get(self.name).attrs["Config"]["Image"]
        return self._created(
            f"{self.name}-address", image, config,
            entrypoint=[FORWARD, *map(str, inside)], ports=inside,
        )  # fmt: skip

    def _created(self, name: str, image: str, config: dict[str, Any], alias: str = "", **more: Any) -> Container:
        api = self.engine.api
        joined = api.create_endpoint_config(aliases=[alias] if alias else [])
        network: Any = api.create_networking_config({self.name: joined})  # type: ignore[arg-type]  # a map, whatever is declared
        config["NetworkMode"] = self.name
        made = api.create_container(
            image, name=name, labels=self._labels(), host_config=config, networking_config=network, **more
        )
        return self.engine.containers.get(made["Id"])

    def _open(self, door: Container) -> None:
        try:
            door.start()
        except APIError:
            # Its port may be taken: the next one gets another.
            door.remove(force=True)
            raise
        door.reload()


def part_name(identifier: str) -> str:
    """Name of a machine's container."""
    return f"ai-platform-simulator-vm-{identifier[:8]}"


def remove(engine: docker.DockerClient, identifier: str) -> None:
    """Removes everything of one machine, its disk included."""
    here: dict[str, Any] = {"label": f"{MACHINE_LABEL}={identifier}"}
    for container in engine.containers.list(all=True, filters=here, ignore_removed=True):
        with suppress(NotFound):
            container.remove(force=True, v=True)
    for network in engine.networks.list(filters=here):
        with suppress(NotFound):
            network.remove()


def machines_of(engine: docker.DockerClient, account: str) -> set[str]:
    """Identifiers of the machines of an account that have any part here."""
    here: dict[str, Any] = {"label": f"{ACCOUNT_LABEL}={account}"}
    found = {
        container.labels[MACHINE_LABEL]
        for container in engine.containers.list(all=True, filters=here, ignore_removed=True)
    }
    return found | {network.attrs["Labels"][MACHINE_LABEL] for network in engine.networks.list(filters=here)}
