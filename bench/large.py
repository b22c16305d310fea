"""A large environment as a stack file: every host with the same ten services, a public name for each chat page."""

from typing import Any

PER_HOST = ("postgres", "redis", "s3", "ollama", "embed", "rerank", "mlflow", "open-webui", "qdrant", "application")
IMAGE = f"registry.example.com/application@sha256:{'0' * 64}"


def stack_file(hosts: int) -> dict[str, Any]:
    """The document of a stack file with `hosts` hosts of ten services each; their needs are met on the same host."""
    names = [f"host-{number:03}" for number in range(hosts)]
    sections = {
        "hosts": {name: host(number) for number, name in enumerate(names)},
        "services": {f"{kind}-{name}": service(kind, name) for name in names for kind in PER_HOST}
        | {"tunnel": {"host": names[0]}},
        "routes": [
            {"hostname": f"{name}.example.com", "service": f"open-webui-{name}", "access": "private"} for name in names
        ],
        "edge": {"account_id": "0" * 32, "zone_id": "1" * 32, "emails": ["owner@example.com"]},
        "budget": {"day_usd": 100, "month_usd": 3000},
        "secrets": {"cloudflare-api-token": {"secure": "v1:not-read"}},
    }
    return {"config": {f"ai-platform:{name}": section for name, section in sections.items()}}


def host(number: int) -> dict[str, Any]:
    """A Linux machine over SSH, large enough for its ten services."""
    ssh = {"user": "admin", "identity_file": "~/.ssh/key", "known_hosts_file": "~/.ssh/known_hosts"}
    address = f"10.1.{number // 250}.{number % 250 + 1}"
    return {"kind": "linux", "address": address, "cpus": 16, "memory_gb": 64, "disk_gb": 1000, "watts": 80, "ssh": ssh}


def service(kind: str, host_name: str) -> dict[str, Any]:
    """One instance with what its kind demands."""
    needed: dict[str, dict[str, Any]] = {"ollama": {"models": ["llama3.1:8b"]}, "application": {"image": IMAGE}}
    return {"kind": kind, "host": host_name, **needed.get(kind, {})}
