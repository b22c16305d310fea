"""The planned proxy and its check on a network of their own, before one page of nginx."""

import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from planning.addresses import finish
from planning.build import build
from planning.plan import Plan, PlannedService
from settings.load import load
from toolchain.images import ensure_images

CHECKED, OPEN = "www.example.com", "open.example.com"
AUDIENCE, KEY, TEAM = "a" * 64, "bench", "office"
READY_SECONDS = 60
HOST = {"kind": "local", "address": "127.0.0.1", "cpus": 8, "memory_gb": 64, "disk_gb": 500}
KINDS = ("proxy", "access-check", "tunnel", "web", "postgres", "ollama", "embed", "rerank", "redis")


@dataclass(frozen=True)
class Place:
    """Addresses (host:port) of the page by itself and of the proxy, and an assertion for CHECKED."""

    page: str
    proxy: str
    assertion: str


@contextmanager
def place() -> Iterator[Place]:
    """Everything is removed at the end. Raises RuntimeError when it does not come up."""
    images, client = ensure_images(["web", "access-check"]), docker.from_env(timeout=60)
    network = client.networks.create(f"ai-platform-bench-proxy-{os.getpid()}", internal=True)
    plan, key, started = _plan(images), rsa.generate_private_key(public_exponent=65537, key_size=2048), []
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)
            published = json.loads(RSAAlgorithm.to_jwk(key.public_key())) | {"kid": KEY, "alg": "RS256", "use": "sig"}
            (folder / "certs.json").write_text(json.dumps({"keys": [published]}))
            known = {"secret.access-audiences": json.dumps({CHECKED: AUDIENCE})}
            for service in ("proxy", "access-check"):
                _lay_out(folder, plan.service(service), known)
            (folder / "index.html").write_text("<p>page</p>")

            def start(service: str, files: str, **change: str) -> str:
                found = _start(network, plan.service(service), {name: {"bind": files, "mode": "ro"}}, change)
                started.append(found)
                return _address(found)

            page = start("web", "/usr/share/nginx/html")
            certificates = f"http://{page}:8080/certs.json"
            check = start("access-check", "/live/current", ACCESS_CERTIFICATES_URL=certificates)
            proxy = start("proxy", "/live/current")
            for url in (certificates, f"http://{check}:8089/ready", f"http://{proxy}:8080/-/health"):
                _wait(url)
            yield Place(f"{page}:8080", f"{proxy}:8080", _assertion(key))
    finally:
        for container in started:
            container.remove(force=True, v=True)
        network.remove()
        client.close()


def _plan(images: Mapping[str, str]) -> Plan:
    services: dict[str, Any] = {kind: {"host": "local"} for kind in KINDS}
    services["application"] = {"host": "local", "image": f"registry.example.com/app:1@sha256:{'0' * 64}"}
    raw = {
        "hosts": {"local": HOST}, "services": services, "secrets": {"cloudflare-api-token": "unused"},
        "edge": {"account_id": "a" * 32, "zone_id": "b" * 32, "emails": ["o@example.com"], "team": TEAM},
        "routes": [{"hostname": CHECKED, "service": "web", "access": "private"},
                   {"hostname": OPEN, "service": "web", "access": "public"}],
    }  # fmt: skip
    return build(load("bench", raw, "Pulumi.bench.yaml"), images)


def _lay_out(folder: Path, service: PlannedService, secrets: Mapping[str, str]) -> None:
    """What the service would be given once it runs: here it begins with that."""
    live = service.container.live if service.container else None
    for file in live.files if live else ():
        (folder / file.path).write_text(finish(file.template, secrets))


def _start(network: Any, service: PlannedService, volumes: Any, change: Mapping[str, str]) -> Any:
    container = service.container
    assert container is not None
    variables = {**dict(entry.split("=", 1) for entry in container.environment), **change}
    made = network.client.containers.create(
        container.image, list(container.command), entrypoint=list(container.entrypoint) or None, volumes=volumes,
        environment=variables, network=network.name, read_only=container.read_only, cap_drop=["ALL"],
        tmpfs=dict.fromkeys(container.tmpfs, "mode=1777"), nano_cpus=int(container.cpus * 1e9),
        mem_limit=f"{container.memory_mb}m",
    )  # fmt: skip
    network.disconnect(made)
    network.connect(made, aliases=[service.name])
    made.start()
    return made


def _address(container: Any) -> str:
    container.reload()
    (joined,) = container.attrs["NetworkSettings"]["Networks"].values()
    return str(joined["IPAddress"])


def _wait(url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{url} was not ready within {READY_SECONDS} s")


def _assertion(key: rsa.RSAPrivateKey) -> str:
    now = int(time.time())
    claims = {"aud": [AUDIENCE], "iss": f"https://{TEAM}.cloudflareaccess.com", "email": "o@example.com",
              "iat": now, "nbf": now, "exp": now + 3600}  # fmt: skip
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": KEY})
