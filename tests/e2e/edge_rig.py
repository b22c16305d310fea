"""A simulated zone with its edge in this process, real connector containers on a network of their own, and visitors."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
import urllib3

from simulators.cloudflare.edge.edge import Edge
from simulators.cloudflare.edge.serve import serving_edge
from simulators.cloudflare.server import serving
from simulators.cloudflare.service import Service
from tests.unit.simulators.edge.zone import Zone
from toolchain.image_references import recorded_references

READY = ("cloudflared", "tunnel", "--metrics", "127.0.0.1:20241", "ready")


def docker(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=60, check=check)


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        time.sleep(0.05)


@dataclass
class Connector:
    """A container of the stand-in, started as the catalogue does."""

    name: str

    @property
    def ready(self) -> bool:
        return docker("exec", self.name, *READY, check=False).returncode == 0

    @property
    def log(self) -> str:
        return docker("logs", self.name).stderr

    def inspect(self, template: str) -> str:
        return docker("inspect", "--format", template, self.name).stdout.strip()


@dataclass
class Visitor:
    """Somebody with a browser that trusts the edge's authority, at an address of their own."""

    port: int
    authority: Path
    address: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, url: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: Any = None, **more: Any
    ) -> urllib3.BaseHTTPResponse:
        parts = urlsplit(url)
        pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1", self.port, server_hostname=parts.hostname, assert_hostname=parts.hostname,
            ca_certs=str(self.authority), source_address=(self.address, 0), timeout=30, retries=False,
        )  # fmt: skip
        host = str(parts.hostname)
        sent = {"Host": host, **({"Cookie": self.cookies[host]} if host in self.cookies else {}), **(headers or {})}
        answer = pool.urlopen(method, url.partition(host)[2] or "/", body, sent, redirect=False, **more)
        if "Set-Cookie" in answer.headers:
            self.cookies[host] = answer.headers["Set-Cookie"].partition(";")[0]
        return answer

    def post(self, url: str, **form: str) -> urllib3.BaseHTTPResponse:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(url, "POST", kind, urlencode(form))


@dataclass
class Rig:
    """`api` is the URL of the simulator; `gateway` is this machine as containers see it."""

    service: Service
    api: str
    folder: Path
    network: str
    gateway: str
    stack: contextlib.ExitStack
    port: int = 0
    door: str = ""

    def __post_init__(self) -> None:
        self.zone = Zone(self.service)
        self.start()
        self.stack.callback(self.stop)

    @property
    def edge(self) -> Edge:
        assert self.service.edge
        return self.service.edge

    def visitor(self, address: str = "127.0.0.1") -> Visitor:
        return Visitor(self.port, self.folder / "ca.pem", address)

    def pin(self) -> str:
        return str(requests.get(f"{self.api}/_simulator/mailbox", timeout=10).json()[-1]["pin"])

    def connector(self, tunnel: str, token: str | None = None) -> Connector:
        """Started, not waited for."""
        name = f"{self.network}-{uuid.uuid4().hex[:6]}"
        secret = self.folder / name
        secret.write_text(token or self.zone.call("GET", f"cfd_tunnel/{tunnel}/token"))
        secret.chmod(0o444)
        self.stack.callback(docker, "rm", "--force", name, check=False)
        docker("run", "--detach", "--name", name, "--network", self.network, "--memory", "128m", "--cap-drop", "ALL",
               "--read-only", "--env", f"TUNNEL_EDGE={self.door}",
               "--env", "TUNNEL_TOKEN_FILE=/run/secrets/tunnel_token",
               "--volume", f"{secret}:/run/secrets/tunnel_token:ro", recorded_references()["cloudflared"],
               "tunnel", "--no-autoupdate", "--metrics", "0.0.0.0:20241", "run")  # fmt: skip
        return Connector(name)

    def connected(self, tunnel: str) -> Connector:
        made = self.connector(tunnel)
        wait_until(lambda: made.ready)
        return made

    def start(self) -> None:
        """The edge, on the ports that it had before."""
        self._listening = contextlib.ExitStack()
        places = f"127.0.0.1:{self.port}", f"{self.gateway}:{self.door.rpartition(':')[2] or 0}"
        front, door = self._listening.enter_context(serving_edge(self.service, self.folder, *places))
        self.port, self.door = int(front.rpartition(":")[2]), urlsplit(door).netloc

    def stop(self) -> None:
        self._listening.close()


@contextlib.contextmanager
def edge_rig(folder: Path) -> Iterator[Rig]:
    """Serves, with a network of its own, and removes whatever was started."""
    network = f"ai-platform-test-edge-{uuid.uuid4().hex[:8]}"
    service = Service()
    told = json.loads(docker("network", "inspect", "bridge").stdout)[0]["IPAM"]["Config"][0]
    with contextlib.ExitStack() as stack:
        api = stack.enter_context(serving(service)).removesuffix("/client/v4")
        docker("network", "create", "--label", "ai-platform.test=edge", network)
        stack.callback(docker, "network", "rm", network)
        yield Rig(service, api, folder, network, told["Gateway"], stack)
