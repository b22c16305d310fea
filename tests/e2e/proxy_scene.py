"""The planned proxy and its check in real containers, their team, and services that tell what they got."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import docker
import pytest
import requests
from docker.models.networks import Network

from planning.build import build
from planning.plan import Container, Plan
from settings.load import load
from tests.e2e.inference_container import address, lonely_network
from tests.e2e.live_files import give, mounts
from toolchain.images import ensure_images

DEADLINE_SECONDS = 60
LABELS = {"ai-platform.test": "proxy"}
HOST = {"kind": "local", "address": "127.0.0.1", "cpus": 8, "memory_gb": 64, "disk_gb": 500}
KINDS = (
    "proxy", "access-check", "tunnel", "mlflow", "open-webui", "web", "postgres", "s3", "ollama", "embed", "rerank",
    "redis",
)  # fmt: skip
IMAGE = f"registry.example.com/app:1@sha256:{'0' * 64}"
ROUTES: list[dict[str, Any]] = [
    {"hostname": "mlflow.example.com", "service": "mlflow", "access": "private"},
    {"hostname": "chat.example.com", "service": "open-webui", "access": "public"},
    {"hostname": "app.example.com", "services": {"web": 9, "web-next": 1}, "access": "private"},
    {"hostname": "open.example.com", "services": {"web": 9, "web-next": 1}, "access": "public"},
]
AUDIENCES = {"mlflow.example.com": "a" * 64, "app.example.com": "b" * 64}
CERTIFICATES = "http://team:8080/certs"
SERVICE = """
import asyncio, json, os
from aiohttp import web
keys, go = {"keys": json.loads(os.environ["KEYS"])}, asyncio.Event()
async def certs(request): return web.json_response(keys)
async def publish(request): keys["keys"] = await request.json(); return web.Response()
async def release(request): go.set(); go.clear(); return web.Response()
async def ws(request):
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket: await socket.send_str(os.environ["SIDE"] + " " + message.data)
    return socket
async def events(request):
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await answer.prepare(request)
    await answer.write(b"data: first\\n\\n"); await go.wait(); await answer.write(b"data: second\\n\\n")
    return answer
async def tell(request):
    body = await request.read()
    found = {"side": os.environ["SIDE"], "method": request.method, "path": request.raw_path, "bytes": len(body)}
    return web.json_response(found | {"headers": {k.lower(): v for k, v in request.headers.items()}},
                             status=int(request.query.get("status", 200)))
app = web.Application(client_max_size=2**30)
app.router.add_get("/certs", certs); app.router.add_put("/certs", publish); app.router.add_post("/release", release)
app.router.add_get("/ws", ws); app.router.add_get("/events", events); app.router.add_route("*", "/{path:.*}", tell)
web.run_app(app, port=int(os.environ["PORT"]), access_log=None, shutdown_timeout=1)
"""


def planned(images: dict[str, str], routes: Sequence[Mapping[str, Any]] = ROUTES) -> Plan:
    services = {
        **{kind: {"host": "local"} for kind in KINDS},
        "web-next": {"kind": "web", "host": "local", "port": 81},
        "application": {"host": "local", "image": IMAGE},
    }  # fmt: skip
    raw = {
        "hosts": {"local": HOST}, "services": services, "routes": [*routes], "secrets": {"cloudflare-api-token": "x"},
        "edge": {"account_id": "a" * 32, "zone_id": "b" * 32, "emails": ["o@example.com"], "team": "office"},
    }  # fmt: skip
    return build(load("test", raw, "Pulumi.test.yaml"), images)


@dataclass
class ProxyScene:
    """Containers by their names in the network. Everything goes with the scene."""

    network: Network
    images: dict[str, str]
    keys: list[dict[str, Any]]
    client: docker.DockerClient = field(default_factory=lambda: docker.from_env(timeout=60))
    running: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plan = planned(self.images)

    def container(self, name: str) -> Container:
        found = self.plan.service(name).container
        assert found
        return found

    def serve(self, name: str, port: int) -> None:
        """A service that tells what it got, in place of the real one."""
        self.start(name, image=self.images["access-check"], command=["-c", SERVICE], entrypoint=["python"],
                   environment={"SIDE": name, "PORT": str(port), "KEYS": json.dumps(self.keys)})  # fmt: skip

    def start(self, name: str, **how: Any) -> None:
        limits: dict[str, Any] = {"mem_limit": "256m", "network": self.network.name}
        made = self.client.containers.create(detach=True, labels=LABELS, **limits, **how)
        self.running[name] = made
        self.network.disconnect(made)
        self.network.connect(made, aliases=[name])
        made.start()

    def start_planned(self, name: str, **change: str) -> None:
        """The container as planned, with its restrictions; `change` replaces variables. It is given nothing yet."""
        plan = self.container(name)
        variables = dict(entry.split("=", 1) for entry in plan.environment) | change
        self.start(
            name, image=plan.image, command=list(plan.command), entrypoint=list(plan.entrypoint) or None,
            environment=variables, read_only=plan.read_only, tmpfs=dict.fromkeys(plan.tmpfs, "mode=1777"),
            cap_drop=["ALL"], security_opt=["no-new-privileges"], mounts=mounts(plan),
        )  # fmt: skip

    def give(self, audiences: Mapping[str, str]) -> None:
        """What the plan has for the running check, and then for the running proxy."""
        secrets = {"secret.access-audiences": json.dumps(audiences)}
        for name in ("access-check", "proxy"):
            give(self.running[name], self.container(name), secrets)

    def remove(self, name: str) -> None:
        self.running.pop(name).remove(force=True, v=True)

    @property
    def url(self) -> str:
        return f"http://{address(self.running['proxy'])}:8080"

    def ask(self, name: str, path: str = "/", method: str = "GET", **values: Any) -> requests.Response:
        headers = {"Host": name, **values.pop("headers", {})}
        return requests.request(method, f"{self.url}{path}", headers=headers, timeout=30, **values)

    def healthy(self) -> bool:
        """Whether Docker would take proxy and check for healthy."""
        there = [name for name in ("proxy", "access-check") if name in self.running]
        tests = {name: self.container(name).healthcheck for name in there}
        commands = {name: [part.replace("$$", "$") for part in check.test] for name, check in tests.items() if check}
        done = [
            self.running[name].exec_run(["/bin/sh", "-c", *test] if kind == "CMD-SHELL" else test)
            for name, (kind, *test) in commands.items()
        ]
        return not any(one.exit_code for one in done)

    def until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            try:
                if true():
                    return
            except requests.RequestException:
                pass
            time.sleep(0.1)
        logs = "\n".join(f"{name}: {one.logs(tail=20).decode()}" for name, one in self.running.items())
        pytest.fail(f"not so after {DEADLINE_SECONDS} s:\n{logs}")


@contextmanager
def proxy_scene(keys: list[dict[str, Any]]) -> Iterator[ProxyScene]:
    """All up, and given what belongs to it."""
    images = ensure_images(["web", "access-check"])
    with lonely_network(f"proxy-{os.getpid()}") as network:
        scene = ProxyScene(network, images, keys)
        try:
            scene.serve("team", 8080)
            for name in ("mlflow", "open-webui", "web", "web-next"):
                scene.serve(name, scene.container(name).container_port)
            scene.start_planned("access-check", ACCESS_CERTIFICATES_URL=CERTIFICATES, ACCESS_PAUSE_SECONDS="1")
            scene.start_planned("proxy")
            scene.until(scene.healthy)
            scene.give(AUDIENCES)
            yield scene
        finally:
            for name in list(scene.running):
                scene.remove(name)
            scene.client.close()
