"""The same machine by a plain Pulumi dynamic provider, under a small model of the engine: what the reference loses."""

import threading
from dataclasses import dataclass
from typing import Any

import requests

from simulators.tensordock.in_process import URL, WaitingAdvances
from simulators.tensordock.service import TOKEN
from tests.engine.tensordock_rig import CARD

POLL_S = 5.0
POLLS = 120
ATTRIBUTES = {
    "name": "gpu", "type": "virtualmachine", "image": "ubuntu2404", "location_id": "loc-home", "useDedicatedIp": True,
    "resources": {"vcpu_count": 4, "ram_gb": 16, "storage_gb": 100, "gpus": {CARD: {"count": 1}}},
    "ssh_key": "ssh-ed25519 A",
}  # fmt: skip


@dataclass
class PlainInstance:
    """Create posts and waits, delete deletes: what such providers do. State is kept only of a create that returned."""

    session: requests.Session
    clock: WaitingAdvances
    recorded: str | None = None

    def up(self) -> None:
        """Raises what the calls raise; the engine then has no state, as with every dynamic provider."""
        if self.recorded is None:
            self.recorded = self._create()

    def destroy(self) -> None:
        if self.recorded is not None:
            self._call("DELETE", f"/instances/{self.recorded}")
            self.recorded = None

    def _create(self) -> str:
        made = self._call("POST", "/instances", {"data": {"type": "virtualmachine", "attributes": ATTRIBUTES}})
        identifier = str(made["data"]["id"])
        for _ in range(POLLS):
            found = self._call("GET", f"/instances/{identifier}")
            if found.get("status") == "running" and found.get("ipAddress"):
                return identifier
            self.clock.wait(POLL_S, threading.Event())
        raise TimeoutError(identifier)

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = self.session.request(
            method, URL + path, json=body, timeout=60, headers={"Authorization": f"Bearer {TOKEN}"}
        )
        answer.raise_for_status()
        return dict(answer.json())
