"""A Redis that keeps queues, as the platform starts it: saved while it is written to, emptied, put back."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import docker
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from operations.backup.archive import ArchiveWriter, members
from operations.backup.listing import found, manifest_of
from operations.backup.manifest import ARCHIVE, RedisFacts
from operations.backup.redis_server import RedisServer
from operations.backup.repository import Repository
from operations.backup.run import back_up
from operations.backup.sources.redis import RedisSource
from operations.docker_cli import DockerCli
from operations.failure import Failure
from operations.model_shell import ContainerShell
from operations.ollama.deadline import Deadline
from operations.restore.place import Waiting
from operations.restore.redis import restore_redis
from operations.restore.volume import VolumeTarget
from planning.addresses import finish
from planning.build import build
from settings.load import load
from tests.e2e.backup_rig import repository_at
from toolchain.images import ensure_images

ENVIRONMENT, SECONDS, PASSWORD = "redis-test", 120, "fortestsonly"
LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 8, "memory_gb": 64, "disk_gb": 500}
SERVICES = {"redis": {"host": "local", "memory_mb": 64, "redis": {"use": "queue"}}}


@dataclass(frozen=True)
class Queue:
    """A running Redis with its data in a volume of its own."""

    name: str
    client: Any

    @property
    def cli(self) -> DockerCli:
        return DockerCli(None, dict(os.environ))

    @property
    def source(self) -> RedisSource:
        shell = ContainerShell(self.cli, self.name)
        server = RedisServer(service="redis", shell=shell, port=6379, password_file="/run/secrets/redis_password",
                             volume=f"{self.name}-data", path="/data")  # fmt: skip
        return RedisSource(server=server)

    @property
    def target(self) -> VolumeTarget:
        return VolumeTarget(docker=self.cli, environment=ENVIRONMENT, service="redis", container=self.name,
                            deadline=Deadline(SECONDS))  # fmt: skip

    def connected(self) -> redis.Redis:
        """Its port is another one after each start."""
        until = time.monotonic() + SECONDS
        while True:
            container = self.client.containers.get(self.name)
            port = int(((container.ports or {}).get("6379/tcp") or [{"HostPort": 1}])[0]["HostPort"])
            made = redis.Redis(
                host="127.0.0.1", port=port, password=PASSWORD, decode_responses=True, retry=Retry(NoBackoff(), 0)
            )
            try:
                made.ping()
            except redis.ConnectionError:
                assert time.monotonic() < until, container.logs().decode()
                time.sleep(0.1)
            else:
                return made


@pytest.fixture(scope="module")
def queue() -> Iterator[Queue]:
    """With the configuration of the plan, as the user of the plan."""
    plan = build(load("test", {"hosts": {"local": LOCAL}, "services": SERVICES}, "Pulumi.test.yaml"), {})
    planned = plan.service("redis").container
    assert planned
    name, client = f"backup-redis-{uuid.uuid4().hex[:8]}", docker.from_env(timeout=60)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for file in planned.files:
            text = finish(file.template, {"password.redis": PASSWORD}).encode()
            entry = tarfile.TarInfo(file.path.lstrip("/"))
            entry.size, entry.mode = len(text), 0o444
            tar.addfile(entry, io.BytesIO(text))
    container = client.containers.create(
        ensure_images(["redis"])["redis"], list(planned.command), name=name, user=planned.user,
        ports={"6379/tcp": ("127.0.0.1", 0)}, volumes={f"{name}-data": {"bind": "/data"}},
        labels={"ai-platform.test": "redis"}, mem_limit="128m",
    )  # fmt: skip
    try:
        container.put_archive("/", archive.getvalue())
        container.start()
        yield Queue(name, client)
    finally:
        container.remove(force=True)
        for volume in client.volumes.list(filters={"name": name}):
            volume.remove(force=True)
        client.close()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    password = tmp_path / "password"
    password.write_text(uuid.uuid4().hex)
    made = repository_at(str(tmp_path / "repository"), password)
    made.make()
    return made


def prepared(queue: Queue, repository: Repository) -> Waiting:
    backup = found(repository, ENVIRONMENT)[-1]
    (part,) = manifest_of(repository, backup).parts
    with repository.reading(backup.archive, f"/{ARCHIVE}", SECONDS) as stream:
        return restore_redis(queue.target, part, members(stream))


class Writer(threading.Thread):
    """Moves both counters in one transaction each time."""

    def __init__(self, keys: redis.Redis) -> None:
        super().__init__(daemon=True)
        self._keys, self.ended = keys, threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            with self._keys.pipeline(transaction=True) as all_of_it:
                all_of_it.incr("one")
                all_of_it.incr("other")
                all_of_it.rpush("queue:jobs", os.urandom(40).hex())
                all_of_it.execute()


def test_queues_come_back_as_they_were_at_one_moment_and_live_on(queue: Queue, repository: Repository) -> None:
    keys = queue.connected()
    keys.hset("job:1", mapping={"try": 1, "text": "canary"})
    keys.zadd("queue:jobs:delayed", {"later": 1e12})
    keys.set("done:1", 1, ex=604_800)
    keys.xadd("events", {"kind": "made"})
    keys.select(3)
    keys.set("elsewhere", "kept")
    keys.select(0)
    writer = Writer(queue.connected())
    writer.start()
    while keys.llen("queue:jobs") < 200:
        time.sleep(0.01)
    (part,) = back_up(repository, ENVIRONMENT, [queue.source], SECONDS).parts
    writer.ended.set()
    writer.join(SECONDS)
    assert part.facts == RedisFacts(volume=f"{queue.name}-data", path="/data", keys=8)
    keys.flushall()
    keys.set("queue:new", "written since")
    refused(queue, repository)
    assert keys.get("queue:new")

    said = prepared(queue, repository).switch()

    keys = queue.connected()
    assert keys.get("one") == keys.get("other")
    assert keys.llen("queue:jobs") == int(str(keys.get("one"))) >= 200
    assert (keys.hget("job:1", "text"), keys.zscore("queue:jobs:delayed", "later")) == ("canary", 1e12)
    assert 0 < keys.ttl("done:1") <= 604_800
    assert (keys.xlen("events"), keys.exists("queue:new")) == (1, 0)
    keys.set("queue:later", "after the restore")
    keys.bgrewriteaof()
    while keys.info("persistence")["aof_rewrite_in_progress"] or keys.info("persistence")["aof_rewrite_scheduled"]:
        time.sleep(0.1)
    assert keys.info("persistence")["aof_last_bgrewrite_status"] == "ok"
    subprocess.run(["docker", "kill", queue.name], check=True, capture_output=True, timeout=60)
    subprocess.run(["docker", "start", queue.name], check=True, capture_output=True, timeout=60)
    keys = queue.connected()
    assert keys.get("queue:later") == "after the restore"
    keys.select(3)
    assert keys.get("elsewhere") == "kept"
    assert f"{queue.name}-data-before-" in said


def refused(queue: Queue, repository: Repository) -> None:
    """A count that is another one stands for a copy from a newer Redis: both end in its own checker's answer."""
    backup = found(repository, ENVIRONMENT)[-1]
    (part,) = manifest_of(repository, backup).parts
    assert isinstance(part.facts, RedisFacts)
    other = part.model_copy(update={"facts": part.facts.model_copy(update={"keys": part.facts.keys + 1})})
    with (
        repository.reading(backup.archive, f"/{ARCHIVE}", SECONDS) as stream,
        pytest.raises(Failure, match="the live data was not touched"),
    ):
        restore_redis(queue.target, other, members(stream))
    assert not queue.client.volumes.list(filters={"name": f"{queue.name}-data-restoring"})


def test_a_redis_that_does_not_let_in_fails_the_backup_and_its_password_is_not_told(queue: Queue) -> None:
    server = replace(queue.source.server, password_file="/run/secrets/redis.conf")
    with (
        Path(os.devnull).open("wb") as nowhere,
        pytest.raises(Failure, match="AUTH failed") as raised,
    ):
        RedisSource(server=server).save(ArchiveWriter(nowhere), Deadline(SECONDS))
    assert PASSWORD not in str(raised.value)
