"""Plans to make components from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planning.build import build
from planning.plan import Plan
from settings.load import load

LOCAL = {"kind": "local", "address": "10.0.0.11", "cpus": 8, "memory_gb": 64, "disk_gb": 500}
IMAGES = {name: f"ai-platform/{name}:1" for name in ("access-check", "gate", "inference", "mlflow")}
EDGE = {"account_id": "a" * 32, "zone_id": "b" * 32, "emails": ["owner@example.com"], "email_domain": "example.com"}
API_TOKEN = "token-of-the-account"
PASSWORD_HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaA"
LOCAL_SERVICES = (
    "postgres", "redis", "s3", "embed", "rerank", "mlflow", "open-webui", "qdrant", "web", "tunnel", "proxy",
    "access-check", "names", "authelia",
)  # fmt: skip
SERVICES: dict[str, Any] = {
    **{kind: {"host": "local"} for kind in LOCAL_SERVICES},
    "ollama": {"host": "local", "models": ["smollm2:135m"]},
    "application": {"host": "local", "image": f"registry.example.com/app:1@sha256:{'0' * 64}"},
    "ollama-mini": {"kind": "ollama-native", "host": "mini", "models": ["smollm2:135m"]},
    "redis-mini": {"kind": "redis", "host": "mini"},
    "postgres-mini": {"kind": "postgres-native", "host": "mini"},
    "cache-mini": {"kind": "redis-native", "host": "mini", "port": 6380},
    "embed-mini": {"kind": "embed", "host": "mini"},
    "chat-mini": {"kind": "open-webui-alone", "host": "mini", "uses": {"ollama": "ollama-mini"}, "port": 3001},
    "gate-mini": {"kind": "gate", "host": "mini", "uses": {"ollama": "ollama-mini"}},
}
Planner = Callable[..., Plan]


def planning(**sections: Any) -> Plan:
    """Plans an environment given as stack-file sections; one local host unless `hosts` says otherwise."""
    return build(load("test", {"hosts": {"local": LOCAL}, **sections}, "Pulumi.test.yaml"), IMAGES)


def mac_with_keys(folder: Path) -> dict[str, Any]:
    """A Mac that one can log in to: its key files are there."""
    (folder / "key").write_text("PRIVATE KEY OF THE MAC", encoding="utf-8")
    (folder / "known_hosts").write_text("10.0.0.12 ssh-ed25519 AAAAhost\n", encoding="utf-8")
    ssh = {"user": "admin", "identity_file": str(folder / "key"), "known_hosts_file": str(folder / "known_hosts")}
    return {
        "kind": "mac", "address": "10.0.0.12", "publish_address": "0.0.0.0",
        "cpus": 8, "memory_gb": 64, "disk_gb": 500, "ssh": ssh,
    }  # fmt: skip


@pytest.fixture
def planned() -> Planner:
    return planning


@pytest.fixture
def mac(tmp_path: Path) -> dict[str, Any]:
    return mac_with_keys(tmp_path)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Every kind of service of the catalogue on two hosts, with public names and an embedding model to fetch."""
    pages = tmp_path_factory.mktemp("pages")
    (pages / "index.html").write_text("<p>pages</p>", encoding="utf-8")
    return planning(
        hosts={"local": LOCAL, "mini": mac_with_keys(tmp_path_factory.mktemp("mac"))},
        services={**SERVICES, "web": {"host": "local", "site": str(pages)}},
        databases={
            "knowledge": {"schema": "knowledge", "extensions": [{"name": "vector"}]},
            "office": {"service": "postgres-mini", "rotation": {"read": {"generation": 2, "overlap": True}}},
        },
        models={"embedding": "intfloat/multilingual-e5-large", "embedding_revision": "a" * 40},
        edge={**EDGE, "team": "office"},
        routes=[
            {"hostname": "chat.example.com", "service": "open-webui", "access": "private"},
            {"hostname": "www.example.com", "service": "web", "access": "private"},
            {"hostname": "chat.office.internal", "service": "open-webui", "access": "internal", "login": "authelia"},
            {"hostname": "auth.office.internal", "service": "authelia", "access": "internal", "login": "authelia"},
        ],
        people={"anna": {"name": "Anna", "email": "anna@example.com"}},
        secrets={"cloudflare-api-token": API_TOKEN, "login-anna": PASSWORD_HASH},
    )
