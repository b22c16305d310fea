"""Runs services of a compose file on the real engine, as Compose would: for tests where Compose is not installed."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import docker
from docker.models.containers import Container

REFERENCE = re.compile(r"\$\$|\$\{([A-Z0-9_]+)(?::\?[^}]*)?\}")
NANOSECONDS = 1_000_000_000


@dataclass(frozen=True)
class Composed:
    """One compose file with the variables of its `.env`; what it makes is named after `run`, not as in the file."""

    document: Mapping[str, Any]
    variables: Mapping[str, str]
    run: str

    def start(self, service: str) -> Container:
        """A container that is started, with its files in it."""
        found = self.document["services"][service]
        client = docker.from_env()
        container = client.containers.create(
            found["image"],
            name=f"{self.run}-{service}",
            entrypoint=self._filled(found.get("entrypoint")) or None,
            command=self._filled(found.get("command")) or None,
            environment=self._filled(found.get("environment")),
            user=found.get("user"),
            cap_drop=found["cap_drop"],
            cap_add=found.get("cap_add"),
            security_opt=found["security_opt"],
            mem_limit=found["mem_limit"],
            memswap_limit=found["memswap_limit"],
            tmpfs=dict(one.split(":", 1) for one in found.get("tmpfs", ())),
            volumes=[f"{self.run}-{one}" for one in found.get("volumes", ())],
            labels={"ai-platform-test": self.run},
            healthcheck=self._healthcheck(found["healthcheck"]),
        )
        for config in found.get("configs", ()):
            text = self._filled([self.document["configs"][config["source"]]["content"]])[0]
            assert container.put_archive("/", _archive(config["target"], text, int(config["mode"], 8)))
        container.start()
        return container

    def _filled(self, texts: list[str] | None) -> list[str]:
        return [REFERENCE.sub(lambda one: self.variables[one[1]] if one[1] else "$", text) for text in texts or ()]

    def _healthcheck(self, check: Mapping[str, Any]) -> dict[str, Any]:
        times = {name: int(check[name][:-1]) * NANOSECONDS for name in ("interval", "timeout", "start_period")}
        return {"test": self._filled(check["test"]), "retries": check["retries"], **times}


def _archive(path: str, text: str, mode: int) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        entry = tarfile.TarInfo(path.lstrip("/"))
        content = text.encode()
        entry.size, entry.mode = len(content), mode
        archive.addfile(entry, io.BytesIO(content))
    return data.getvalue()
