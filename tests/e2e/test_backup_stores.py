"""Data volumes with SQLite, buckets, and a repository in S3: saved, changed, put back, against the real services."""

from __future__ import annotations

import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from operations.backup.archive import members
from operations.backup.listing import found, manifest_of
from operations.backup.manifest import ARCHIVE, Manifest
from operations.backup.repository import Repository
from operations.backup.run import back_up
from operations.backup.sources.bucket import BucketSource
from operations.backup.sources.source import Source
from operations.backup.sources.volume import VolumeSource
from operations.backup.store import client, objects
from operations.backup.verify import verify
from operations.docker_cli import DockerCli
from operations.failure import Failure
from operations.model_shell import ContainerShell
from operations.ollama.deadline import Deadline
from operations.restore.bucket import BucketTarget, restore_bucket
from operations.restore.restored import Restored
from operations.restore.volume import VolumeTarget, restore_volume
from tests.e2e.retrieval.containers import READY_SECONDS, running
from toolchain.images import ensure_images

ENVIRONMENT, SECONDS = "store-test", 120
SECRET = "for-tests-only"
WRITER = """
import sqlite3, time
database = sqlite3.connect("/data/app.db", isolation_level=None)
database.execute("pragma journal_mode = wal")
database.execute("create table if not exists pairs (a integer, b integer)")
number = 0
while True:
    number += 1
    database.execute("begin"); database.execute("insert into pairs values (?, 0)", (number,))
    database.execute("update pairs set b = a where a = ?", (number,)); database.execute("commit")
"""
LISTED = "cd /data; stat -c '%n %u:%g %a %F %h' 'a b/ü' empty; readlink link; ls"
READ = """
import sqlite3
database = sqlite3.connect("/data/app.db")
print(*database.execute("select count(*), sum(a <> b) from pairs").fetchone())
print(database.execute("pragma integrity_check").fetchone()[0])
"""


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """Address of an S3 store with an empty bucket for the repository."""
    command, variables = (
        ["--health", "/health", "posix", "/data"],
        {"ROOT_ACCESS_KEY": "platform", "ROOT_SECRET_KEY": SECRET},
    )
    with running("s3", 7070, command, variables) as started:
        deadline = time.monotonic() + READY_SECONDS
        while not _healthy(started.url):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        client(started.url, SECRET).create_bucket(Bucket="backups")
        yield started.url


@pytest.fixture
def repository(store: str, tmp_path: Path) -> Repository:
    """In the S3 store; its keys come by a file."""
    credentials, password = tmp_path / "credentials", tmp_path / "password"
    credentials.write_text(f"[default]\naws_access_key_id = platform\naws_secret_access_key = {SECRET}\n")
    password.write_text(uuid.uuid4().hex)
    location = f"s3:{store}/backups/{uuid.uuid4().hex}"
    variables = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "RESTIC_REPOSITORY": location,
                 "RESTIC_PASSWORD_FILE": str(password), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}  # fmt: skip
    made = Repository(location=location, variables=variables)
    assert not made.exists()
    made.make()
    assert made.exists()
    return made


@pytest.fixture
def service() -> Iterator[str]:
    """A container whose volume holds files of all sorts and a database that is written to without end."""
    name = f"backup-store-{uuid.uuid4().hex[:8]}"
    image = ensure_images(["base"])["base"]
    docker("volume", "create", f"{name}-data")
    docker("run", "-d", "--init", "--name", name, "--volume", f"{name}-data:/data", image, "python3", "-c", WRITER)
    docker("exec", name, "sh", "-c", "mkdir -p '/data/a b' && echo one >'/data/a b/ü' && ln -s 'a b/ü' /data/link "
           "&& ln '/data/a b/ü' /data/hard && chown 1234:4321 '/data/a b/ü' && mkdir -m 0700 /data/empty")  # fmt: skip
    yield name
    docker("rm", "-f", name)
    for volume in docker("volume", "ls", "-q", "--filter", f"name={name}").split():
        docker("volume", "rm", volume)


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=SECONDS, check=True).stdout


def saved(repository: Repository, *sources: Source) -> Manifest:
    return back_up(repository, ENVIRONMENT, sources, SECONDS)


def put_back(repository: Repository, target: VolumeTarget | BucketTarget) -> Restored:
    backup = found(repository, ENVIRONMENT)[-1]
    (part,) = manifest_of(repository, backup).parts
    with repository.reading(backup.archive, f"/{ARCHIVE}", SECONDS) as stream:
        if isinstance(target, VolumeTarget):
            return restore_volume(target, part, members(stream))
        return restore_bucket(target, part, members(stream))


def test_a_volume_comes_back_whole_though_its_database_was_written_to(repository: Repository, service: str) -> None:
    cli = DockerCli(None, dict(os.environ))
    volume, shell = f"{service}-data", ContainerShell(cli, service)
    source = VolumeSource(service="app", shell=shell, volume=volume, path="/data", sqlite=("app.db",))
    assert len(saved(repository, source).parts[0].files) == 2
    verify(repository, found(repository, ENVIRONMENT)[-1], SECONDS)
    docker("exec", service, "sh", "-c", "rm -r '/data/a b' /data/link; echo new >/data/new; echo x >>/data/app.db")
    target = VolumeTarget(
        docker=cli, environment=ENVIRONMENT, service="app", container=service, deadline=Deadline(SECONDS)
    )
    said = put_back(repository, target).switch()
    rows, torn, state = docker("exec", service, "python3", "-c", READ).split()
    assert (int(rows) > 0, torn, state) == (True, "0", "ok")
    listed = docker(
        "exec", service, "sh", "-c", "cd /data; stat -c '%n %u:%g %a %F %h' 'a b/ü' empty; readlink link; ls"
    )
    assert "a b/ü 1234:4321 644 regular file 2" in listed
    assert "empty 0:0 700 directory 2" in listed
    assert "a b/ü\n" in listed
    assert "new" not in listed.splitlines()
    (before,) = [
        one for one in docker("volume", "ls", "-q", "--filter", f"name={volume}-before").split() if one in said
    ]
    image = ensure_images(["base"])["base"]
    assert docker("run", "--rm", "-v", f"{before}:/old", image, "cat", "/old/new") == "new\n"
    assert docker("volume", "ls", "-q", "--filter", f"name={volume}-restoring") == ""


def test_a_bucket_comes_back_and_what_differed_is_kept(repository: Repository, store: str) -> None:
    s3: Any = client(store, SECRET)
    contents = {f"runs/{n}/mödel %.bin": os.urandom(n * 700_000) for n in range(4)} | {"plain": b"text"}
    s3.create_bucket(Bucket="mlflow")
    for key, content in contents.items():
        s3.put_object(Bucket="mlflow", Key=key, Body=content)
    manifest = saved(repository, BucketSource(service="s3", store=s3, bucket="mlflow"))
    assert {file.size for file in manifest.parts[0].files} == {len(one) for one in contents.values()}
    s3.delete_object(Bucket="mlflow", Key="plain")
    s3.put_object(Bucket="mlflow", Key="runs/1/mödel %.bin", Body=b"overwritten")
    s3.put_object(Bucket="mlflow", Key="newer", Body=b"newer")
    put_back(repository, BucketTarget(store=s3, service="s3", deadline=Deadline(SECONDS))).switch()
    assert {key: s3.get_object(Bucket="mlflow", Key=key)["Body"].read() for key in objects(s3, "mlflow")} == contents
    buckets = [one["Name"] for one in s3.list_buckets()["Buckets"]]
    (before,) = [one for one in buckets if one.startswith("mlflow-before-")]
    assert set(objects(s3, before)) == {"newer", "runs/1/mödel %.bin"}
    assert not [one for one in buckets if "restoring" in one]


def test_a_store_that_is_gone_is_told_and_its_keys_are_not(repository: Repository) -> None:
    variables = {**repository.variables, "RESTIC_REPOSITORY": "s3:http://127.0.0.1:9/x"}
    with pytest.raises(Failure) as failure:
        Repository(location="s3:http://127.0.0.1:9/x", variables=variables, patience=5).snapshots()
    assert SECRET not in str(failure.value)


def _healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=3).ok
    except requests.ConnectionError:
        return False
