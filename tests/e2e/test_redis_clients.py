"""Applications in one Redis: each has its keys, none has the administrator's commands. Tried as each of them."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Iterator

import docker
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from planning.addresses import finish
from planning.build import build
from settings.load import load
from toolchain.images import ensure_images

LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 8, "memory_gb": 64, "disk_gb": 500}
SETTINGS = {
    "use": "cache",
    "clients": {
        "api": {"keys": ["cache:*"], "channels": ["news"]},
        "worker": {"keys": ["queue:*"]},
        "viewer": {"keys": ["cache:*"], "read_only": True},
    },
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A Redis with the configuration of the plan; each password is the name of the password."""
    services = {"redis": {"host": "local", "memory_mb": 64, "redis": SETTINGS}}
    plan = build(load("test", {"hosts": {"local": LOCAL}, "services": services}, "Pulumi.test.yaml"), {})
    planned = plan.service("redis").container
    assert planned
    names = ["redis", *(f"redis-{name}" for name in ("api", "worker", "viewer"))]
    text = finish(planned.files[0].template, {f"password.{name}": name for name in names}).encode()
    client = docker.from_env(timeout=60)
    container = client.containers.create(
        ensure_images(["redis"])["redis"], ["redis-server", "/redis.conf"], ports={"6379/tcp": ("127.0.0.1", 0)},
        labels={"ai-platform.test": "redis"}, mem_limit="128m",
    )  # fmt: skip
    try:
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            entry = tarfile.TarInfo("redis.conf")
            entry.size, entry.mode = len(text), 0o444
            tar.addfile(entry, io.BytesIO(text))
        container.put_archive("/", archive.getvalue())
        container.start()
        container.reload()
        published = int((container.ports["6379/tcp"] or [])[0]["HostPort"])
        until_answers(published)
        yield published
    finally:
        container.remove(force=True, v=True)
        client.close()


def until_answers(port: int) -> None:
    for _ in range(300):
        try:
            with connected(port, "default", "redis") as administrator:
                administrator.ping()
            return
        except redis.ConnectionError:
            time.sleep(0.1)
    pytest.fail("Redis does not answer")


def connected(port: int, user: str, password: str | None = None) -> redis.Redis:
    return redis.Redis(
        host="127.0.0.1",
        port=port,
        username=user,
        password=password or f"redis-{user}",
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
    )


def test_each_application_works_with_its_own_keys(port: int) -> None:
    with connected(port, "api") as api, connected(port, "worker") as worker, connected(port, "viewer") as viewer:
        api.set("cache:a", "1")
        assert viewer.get("cache:a") == "1"
        worker.lpush("queue:jobs", "job")
        assert worker.eval("return redis.call('llen', KEYS[1])", 1, "queue:jobs") == 1
        assert worker.info()
        api.publish("news", "x")


@pytest.mark.parametrize(
    ("user", "command"),
    [
        ("api", ("GET", "queue:jobs")), ("api", ("SET", "other", "1")), ("worker", ("GET", "cache:a")),
        ("worker", ("EVAL", "return redis.call('get', 'cache:a')", "0")), ("viewer", ("SET", "cache:a", "2")),
        ("viewer", ("DEL", "cache:a")), ("worker", ("PUBLISH", "news", "x")),
        *((user, command) for user in ("api", "worker", "viewer") for command in (
            ("FLUSHALL",), ("CONFIG", "GET", "requirepass"), ("ACL", "LIST"), ("KEYS", "*"), ("SHUTDOWN",),
            ("REPLICAOF", "127.0.0.1", "1"), ("MONITOR",), ("CLIENT", "LIST"),
        )),
    ],
)  # fmt: skip
def test_nobody_has_more_than_that(port: int, user: str, command: tuple[str, ...]) -> None:
    with connected(port, user) as client, pytest.raises(redis.ResponseError) as raised:
        client.execute_command(*command)
    assert any(words in str(raised.value).lower() for words in ("no permissions", "can't access at least one")), (
        raised.value
    )


def test_nobody_comes_in_without_a_password_or_with_another_s(port: int) -> None:
    for user, password in (("default", "wrong"), ("api", "redis-worker"), ("nobody", "x")):
        with connected(port, user, password) as client, pytest.raises(redis.AuthenticationError):
            client.ping()
    with (
        redis.Redis(host="127.0.0.1", port=port, retry=Retry(NoBackoff(), 0)) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_a_full_cache_makes_room_for_new_keys(port: int) -> None:
    with connected(port, "api") as api:
        for number in range(700):
            api.set(f"cache:{number}", "x" * 100_000)
        assert api.get("cache:699") is not None
        # Redis looks at a few random keys and drops the oldest of them, so no single key is sure to be gone.
        assert api.exists(*(f"cache:{number}" for number in range(350))) < 350
