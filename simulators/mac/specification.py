"""What a simulated Mac is to be."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

SSH_PORT = 22
USER = "admin"


class SimulatorError(Exception):
    """A simulated Mac cannot be had; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Specification:
    """Name, addresses and image of one simulated Mac. `publish` holds pairs (port here, port of the Mac)."""

    name: str
    address: str
    publish: tuple[tuple[int, int], ...]
    image: str

    def __post_init__(self) -> None:
        """Raise SimulatorError for a bad name, an image that is not built, or an sshd nobody can reach."""
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", self.name):
            raise SimulatorError(f"name {self.name!r}: use lower-case letters, digits and '-', at most 31")
        if not self.image:
            raise SimulatorError("the image of simulated Macs is not built; run: python -m toolchain.images mac")
        if SSH_PORT not in {mac for _, mac in self.publish}:
            raise SimulatorError(f"simulator {self.name}: add --publish PORT:{SSH_PORT}, sshd must be reachable")

    @property
    def ssh_port(self) -> int:
        """The port here that leads to sshd."""
        return next(here for here, mac in self.publish if mac == SSH_PORT)

    @property
    def container(self) -> str:
        """Name of the container."""
        return container_name(self.name)

    @property
    def fingerprint(self) -> str:
        """Equal for equal specifications; kept as a label of the container."""
        facts = json.dumps([self.address, sorted(self.publish), self.image])
        return hashlib.sha256(facts.encode()).hexdigest()[:16]


def container_name(name: str) -> str:
    """Name of the container of the simulated Mac `name`."""
    return f"ai-platform-simulator-{name}"


def parse_publish(text: str) -> tuple[int, int]:
    """`2222:22` as a pair. Raises SimulatorError."""
    match = re.fullmatch(r"(\d{1,5}):(\d{1,5})", text)
    if match is None or not all(0 < int(port) < 65536 for port in match.groups()):
        raise SimulatorError(f"--publish {text!r}: expected PORT_HERE:PORT_OF_THE_MAC, e.g. 2222:22")
    return int(match[1]), int(match[2])
