"""The guard of `make up` against real volumes that are there, removed, made anew by Docker, and emptied."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from operations.data_guard.guard import guard_data
from operations.failure import Failure
from planning.build import build
from planning.plan import Plan
from settings.load import load
from toolchain.image_references import recorded_references

LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 8, "memory_gb": 64, "disk_gb": 500}
SSH = {"user": "admin", "identity_file": "key", "known_hosts_file": "known_hosts", "port": 9}
FAR = {"kind": "linux", "address": "127.0.0.9", "cpus": 8, "memory_gb": 64, "disk_gb": 500, "ssh": SSH}
SERVICES = ("postgres", "redis")


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=60, check=True).stdout.strip()


@dataclass
class Environment:
    """Volumes as components/service_container.py makes them, and the state that knows of them."""

    name: str = field(default_factory=lambda: f"guard-{uuid.uuid4().hex[:8]}")
    resources: list[dict[str, Any]] = field(default_factory=list)
    far: bool = False

    def exists(self) -> bool:
        return True

    def export(self) -> dict[str, Any]:
        return {"deployment": {"resources": self.resources}}

    def replace_state(self, state: str) -> None:
        self.resources = json.loads(state)["deployment"]["resources"]

    @property
    def plan(self) -> Plan:
        services = {name: {"host": "far" if self.far else "local"} for name in SERVICES}
        hosts = {"local": LOCAL, **({"far": FAR} if self.far else {})}
        return build(load(self.name, {"hosts": hosts, "services": services}, "Pulumi.test.yaml"), {})

    def volume(self, service: str) -> str:
        return f"ai-platform-{self.name}-{service}-data"

    def labels(self, service: str) -> dict[str, str]:
        return {"ai-platform.environment": self.name, "ai-platform.service": service}

    def make(self, service: str) -> None:
        labels = [f"--label={key}={value}" for key, value in self.labels(service).items()]
        docker("volume", "create", *labels, self.volume(service))

    def shell(self, service: str, script: str) -> None:
        """Runs in a container that mounts the volume by its name, as a service does."""
        mount = ("--volume", f"{self.volume(service)}:/data", "--label", f"ai-platform.environment={self.name}")
        docker("run", "--rm", *mount, recorded_references()["base"], "sh", "-c", script)

    def record(self, service: str) -> None:
        prefix = f"urn:pulumi:{self.name}::ai-platform::"
        parent, kind = f"{prefix}ai-platform:index:ServiceContainer::{service}", "docker:index/volume:Volume"
        labels = [{"label": key, "value": value} for key, value in self.labels(service).items()]
        host = "far" if self.far else "local"
        self.resources += [
            {
                "urn": f"{prefix}{kind}::{service}-data", "type": kind, "id": self.volume(service), "parent": parent,
                "provider": f"{prefix}pulumi:providers:docker::docker-{host}::1", "inputs": {"labels": labels},
            },
            {"urn": f"{parent}-1", "type": "docker:index/container:Container", "id": "1", "parent": parent},
        ]  # fmt: skip

    def check(self, *accepted: str) -> None:
        guard_data(self, self.plan, accepted)  # type: ignore[arg-type]


@pytest.fixture
def environment() -> Iterator[Environment]:
    made = Environment()
    for service in SERVICES:
        made.make(service)
        made.shell(service, "mkdir /data/sub && echo data >/data/sub/file")
        made.record(service)
    yield made
    left = docker("volume", "ls", "--quiet", "--filter", f"name=ai-platform-{made.name}-").split()
    if left:
        docker("volume", "rm", *left)


def test_volumes_with_data_pass_and_go_on_passing_when_their_content_changes(environment: Environment) -> None:
    """The engine's own time of creation follows the content in Docker 20.10: it must not count."""
    environment.check()
    environment.shell("redis", "touch /data/new && chmod 700 /data")
    environment.check()


def test_a_volume_that_is_gone_stops_the_run_until_it_is_accepted(environment: Environment) -> None:
    docker("volume", "rm", environment.volume("redis"))
    with pytest.raises(Failure) as stopped:
        environment.check()
    said = str(stopped.value)
    assert f"{environment.volume('redis')} on local (redis) is gone" in said
    assert f"docker volume create --label=ai-platform.environment={environment.name}" in said
    assert f"scripts/up -s {environment.name} --accept-empty redis" in said
    assert environment.volume("postgres") not in said
    environment.check("redis")
    assert environment.volume("redis") not in json.dumps(environment.resources)
    assert environment.volume("postgres") in json.dumps(environment.resources)
    environment.check()


def test_the_command_of_the_message_makes_a_volume_that_counts_as_restored(environment: Environment) -> None:
    docker("volume", "rm", environment.volume("redis"))
    with pytest.raises(Failure) as stopped:
        environment.check()
    command = next(line for line in str(stopped.value).splitlines() if "docker volume create" in line)
    docker(*command.partition("  # ")[0].split()[1:])
    environment.shell("redis", "echo restored >/data/file")
    environment.check()


def test_a_volume_that_docker_made_for_a_container_is_not_taken_for_the_old_one(environment: Environment) -> None:
    docker("volume", "rm", environment.volume("postgres"))
    environment.shell("postgres", "echo 'a new database' >/data/file")
    with pytest.raises(Failure, match="without our labels"):
        environment.check()
    environment.check("postgres")


def test_a_volume_that_was_emptied_stops_the_run(environment: Environment) -> None:
    environment.shell("postgres", "rm -r /data/sub")
    with pytest.raises(Failure, match=r"\(postgres\) is empty"):
        environment.check()
    environment.check(environment.volume("postgres"))


def test_a_host_that_does_not_answer_has_not_lost_its_data(environment: Environment) -> None:
    environment.resources.clear()
    environment.far = True
    environment.record("redis")
    with pytest.raises(Failure, match="hosts that hold data do not answer, and nothing was changed:\n    far: "):
        environment.check("redis")
