"""Postgres on a disk that fills up: what was acknowledged stays, a backup says what is missing, and room heals it."""

from __future__ import annotations

import io
import os
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import docker
import psycopg
import pytest
from docker.models.containers import Container

from operations.backup.archive import ArchiveWriter
from operations.backup.postgres_server import PostgresServer
from operations.backup.sources.database import DatabaseSource
from operations.docker_cli import DockerCli
from operations.failure import Failure
from operations.model_shell import ContainerShell
from operations.ollama.deadline import Deadline
from tests.e2e.databases.conftest import ADMINISTRATOR, Lab, until_answers
from tests.e2e.databases.soundness import require_sound
from tests.e2e.retrieval.containers import Started
from toolchain.images import ensure_images

SIZE_MB, SECONDS = 160, 120


@dataclass(frozen=True)
class SmallDisk:
    """A Postgres whose data lies in memory that a second container holds on to, so that it outlives a restart."""

    lab: Lab
    holder: Container

    @property
    def name(self) -> str:
        return str(self.lab.started.container.name)

    def hold(self, command: str) -> None:
        done = self.holder.exec_run(["sh", "-c", command], user="0")
        assert done.exit_code == 0, done.output

    def restarted(self) -> Lab:
        """After a power cut; where it cannot write its log, the server has ended by itself."""
        container = self.lab.started.container
        subprocess.run(["docker", "restart", "--time=0", self.name], check=True, capture_output=True, timeout=SECONDS)
        container.reload()
        published = container.ports["5432/tcp"] or []
        return until_answers(Lab(Started(container, int(published[0]["HostPort"]))))


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    name, client = f"ai-platform-test-full-{secrets.token_hex(4)}", docker.from_env(timeout=60)
    images = ensure_images(["base", "postgres"])
    volume = client.volumes.create(
        name, driver="local", driver_opts={"type": "tmpfs", "device": "tmpfs", "o": f"size={SIZE_MB}m,mode=1777"}
    )
    made: list[Container] = []
    try:
        made.append(client.containers.run(images["base"], ["sleep", "600"], detach=True, name=f"{name}-holder",
                                          init=True, volumes={name: {"bind": "/disk"}}))  # fmt: skip
        made.append(client.containers.run(
            images["postgres"], detach=True, name=name, ports={"5432/tcp": ("127.0.0.1", 0)}, mem_limit="512m",
            environment={"POSTGRES_PASSWORD": ADMINISTRATOR, "PGDATA": "/disk/pgdata"},
            volumes={name: {"bind": "/disk"}},
        ))  # fmt: skip
        made[1].reload()
        published = made[1].ports["5432/tcp"] or []
        lab = until_answers(Lab(Started(made[1], int(published[0]["HostPort"]))))
        yield SmallDisk(lab, made[0])
    finally:
        for container in reversed(made):
            container.remove(force=True, v=True)
        volume.remove(force=True)
        client.close()


def test_a_full_disk_loses_no_acknowledged_row_and_room_heals_it(disk: SmallDisk) -> None:
    with psycopg.connect(disk.lab.url("postgres"), autocommit=True) as connection:
        connection.execute("create table journal (id int primary key, text text)")
    acknowledged = filled(disk)
    assert acknowledged > 0
    disk.hold("cat /dev/zero >/disk/rest; true")
    server = PostgresServer(service="postgres", shell=ContainerShell(DockerCli(None, dict(os.environ)), disk.name))
    with pytest.raises(Failure):
        DatabaseSource(server=server, database="postgres").save(ArchiveWriter(io.BytesIO()), Deadline(SECONDS))
    disk.hold("rm /disk/ballast /disk/rest")
    with psycopg.connect(disk.restarted().url("postgres"), autocommit=True) as connection:
        kept = connection.execute("select count(*), max(id) from journal").fetchone()
        assert kept is not None
        assert kept[0] == kept[1] in (acknowledged, acknowledged + 1), "at most the one that was under way"
        connection.execute("insert into journal values (0, 'there is room again')")
        require_sound(connection)
    facts = DatabaseSource(server=server, database="postgres").save(ArchiveWriter(io.BytesIO()), Deadline(SECONDS))
    assert facts.rows["public.journal"] == kept[0] + 1


def filled(disk: SmallDisk) -> int:
    """Rows that the server has acknowledged, numbered from 1, until its disk took no more."""
    disk.hold("dd if=/dev/zero of=/disk/ballast bs=1M count=$(($(df -Pm /disk | tail -n 1 | awk '{print $4}') - 20))")
    number = 0
    try:
        with psycopg.connect(disk.lab.url("postgres"), autocommit=True) as connection:
            while number < 5000:
                number += 1
                text = secrets.token_hex(20_000)
                connection.execute("insert into journal values (%s, %s)", [number, text])
    except psycopg.Error:
        return number - 1
    pytest.fail("the disk took everything")
