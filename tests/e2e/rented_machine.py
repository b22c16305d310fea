"""A simulated TensorDock account with real machines, for tests, and a login to one of them."""

from __future__ import annotations

import subprocess
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import docker
import requests

from simulators.tensordock import process
from simulators.tensordock.parts import MACHINE_LABEL
from simulators.tensordock.remote import Remote

CARD = "geforcertx4090-pcie-24gb"
HOST_KEY = "/etc/ssh/ai-platform_host_ed25519_key"
AT_ONCE = {"boot_s": 0, "ip_s": 0, "start_s": 0, "stop_s": 0, "delete_s": 0, "calls_per_minute": None}
DEADLINE = 120.0
T = TypeVar("T")


def until(look: Callable[[], T | None], what: str) -> T:
    """The first answer that is one. Fails after the deadline."""
    deadline = time.monotonic() + DEADLINE
    while not (found := look()):
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
    return found


@dataclass(frozen=True)
class Renter:
    """An account that is kept in a folder, and the keys of whoever rents there."""

    folder: Path

    def begin(self) -> None:
        """Has the account served; everything that takes time there takes none."""
        for name in ("login", "host"):
            if not (self.folder / name).exists():
                self.folder.mkdir(exist_ok=True)
                make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(self.folder / name)]
                subprocess.run(make, check=True, timeout=30, stdin=subprocess.DEVNULL)
        process.start(self.account).post("behaviour", AT_ONCE)

    @property
    def account(self) -> Path:
        return self.folder / "account"

    def control(self, path: str, body: Mapping[str, Any]) -> Any:
        return Remote(self.account).post(path, body)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        remote = Remote(self.account)
        headers = {"Authorization": f"Bearer {remote.token}"}
        return requests.request(method, f"{remote.url}{path}", json=body, headers=headers, timeout=30).json()

    def order(self) -> str:
        """The id of a new machine whose host key is ours from its first boot on."""
        cloud_init = {
            "write_files": [
                {"path": HOST_KEY, "content": (self.folder / "host").read_text(), "permissions": "0600"},
                {"path": "/etc/ssh/sshd_config.d/10-host-key.conf", "content": f"HostKey {HOST_KEY}\n"},
            ],
            "runcmd": ["echo second >>/root/order", "usermod -aG docker user"],
        }
        attributes = {
            "name": f"e2e-{uuid.uuid4().hex[:8]}", "image": "ubuntu2404_ml_pytorch", "location_id": "loc-mid",
            "useDedicatedIp": True, "ssh_key": (self.folder / "login.pub").read_text(), "cloud_init": cloud_init,
            "resources": {"vcpu_count": 4, "ram_gb": 16, "storage_gb": 100, "gpus": {CARD: {"count": 1}}},
        }  # fmt: skip
        ordered = self.call("POST", "/instances", {"data": {"type": "virtualmachine", "attributes": attributes}})
        identifier: str = ordered["data"]["id"]
        return identifier

    def told(self, identifier: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/instances/{identifier}")
        return found

    def becomes(self, identifier: str, status: str) -> None:
        until(lambda: self.told(identifier).get("status") == status, f"{identifier} does not become {status}")

    def address(self, identifier: str) -> tuple[str, int]:
        """Where its SSH server is, once the service says it."""
        found = until(lambda: self._with_address(identifier), f"{identifier} has no address")
        return found["ipAddress"], found["portForwards"][0]["external_port"]

    def tried(self, identifier: str, command: str) -> subprocess.CompletedProcess[str]:
        """One login that accepts only the host key of the order."""
        host, port = self.address(identifier)
        known = self.folder / "known_hosts"
        known.write_text(f"rented {(self.folder / 'host.pub').read_text()}")
        options = {"HostKeyAlias": "rented", "UserKnownHostsFile": known, "StrictHostKeyChecking": "yes",
                   "IdentitiesOnly": "yes", "BatchMode": "yes", "ConnectTimeout": 3}  # fmt: skip
        given = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        login = ["ssh", "-F", "none", "-i", str(self.folder / "login"), *given, "-p", str(port), f"user@{host}"]
        return subprocess.run(
            [*login, command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
        )

    def shell(self, identifier: str, command: str) -> str:
        ended = self.tried(identifier, command)
        assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"
        return ended.stdout.strip()

    def booted(self, identifier: str) -> None:
        """Returns when a login works and the first boot has done all that the order says."""
        until(lambda: self.tried(identifier, "cloud-init status --wait").returncode == 0, f"no login to {identifier}")

    def _with_address(self, identifier: str) -> dict[str, Any] | None:
        found = self.told(identifier)
        return found if found.get("ipAddress") else None


def left_of(identifier: str) -> list[str]:
    """Containers and networks of a machine, by name."""
    engine = docker.from_env(timeout=60)
    try:
        here: dict[str, Any] = {"label": f"{MACHINE_LABEL}={identifier}"}
        machines = [str(each.name) for each in engine.containers.list(all=True, filters=here, ignore_removed=True)]
        return machines + [str(each.name) for each in engine.networks.list(filters=here)]
    finally:
        engine.close()


def disks_of(identifier: str) -> list[str]:
    """Volumes of a machine's containers, by name."""
    engine = docker.from_env(timeout=60)
    try:
        here: dict[str, Any] = {"label": f"{MACHINE_LABEL}={identifier}"}
        found = engine.containers.list(all=True, filters=here, ignore_removed=True)
        return [mount["Name"] for each in found for mount in each.attrs["Mounts"] if mount["Type"] == "volume"]
    finally:
        engine.close()
