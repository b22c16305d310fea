"""What a simulated machine is to be."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from simulators.hosts.kind import MAC, Kind

SSH_PORT = 22
USER = "admin"


class SimulatorError(Exception):
    """A simulated machine cannot be had; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Specification:
    """Name, kind, addresses and image of one simulated machine. `publish`: pairs (port here, port of the machine)."""

    name: str
    address: str
    publish: tuple[tuple[int, int], ...]
    image: str
    kind: Kind = MAC

    def __post_init__(self) -> None:
        """Raise SimulatorError for a bad name, an image that is not built, or an sshd nobody can reach."""
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", self.name):
            raise SimulatorError(f"name {self.name!r}: use lower-case letters, digits and '-', at most 31")
        if not self.image:
            raise SimulatorError(
                f"the image of a {self.kind.noun} is not built; run: python -m toolchain.images {self.kind.name}"
            )
        if SSH_PORT not in {inside for _, inside in self.publish}:
            raise SimulatorError(f"simulator {self.name}: add --publish PORT:{SSH_PORT}, sshd must be reachable")

    @property
    def ssh_port(self) -> int:
        """The port here that leads to sshd."""
        return next(here for here, inside in self.publish if inside == SSH_PORT)

    @property
    def container(self) -> str:
        """Name of the container."""
        return container_name(self.name)

    @property
    def fingerprint(self) -> str:
        """Equal for equal specifications (the image decides the kind); kept as a label of the container."""
        facts = json.dumps([self.address, sorted(self.publish), self.image])
        return hashlib.sha256(facts.encode()).hexdigest()[:16]


def container_name(name: str) -> str:
    """Name of the container of the simulated machine `name`."""
    return f"ai-platform-simulator-{name}"


def parse_publish(text: str) -> tuple[int, int]:
    """`2222:22` as a pair. Raises SimulatorError."""
    match = re.fullmatch(r"(\d{1,5}):(\d{1,5})", text)
    if match is None or not all(0 < int(port) < 65536 for port in match.groups()):
        raise SimulatorError(f"--publish {text!r}: expected PORT_HERE:PORT_OF_THE_MACHINE, e.g. 2222:22")
    return int(match[1]), int(match[2])
