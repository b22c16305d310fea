"""What was ejected runs without us: containers as their compose file says, and the SQL in a real Postgres."""

from __future__ import annotations

import shlex
import time
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import docker
import pytest
import yaml
from docker.models.containers import Container

from eject.bundle import bundle, wanted
from eject.variables import variable
from planning.build import build
from providers.certificates.plugin import issuing
from settings.stack_file import read
from tests.e2e.composed import Composed
from toolchain.image_references import recorded_references
from toolchain.places import ROOT

STACK = "dev"
DEADLINE_S = 90


@pytest.fixture(scope="module")
def ejected() -> Mapping[str, str]:
    plan = build(read(ROOT, STACK).without_secrets(), recorded_references())
    authority = issuing.authority(issuing.new_key(), STACK, datetime.now(UTC), 3650)
    server = issuing.server(authority.certificate, authority.key, ["postgres"], datetime.now(UTC), 365)
    secrets = {name: f"a-$strange-{name}" for name in wanted(plan)} | {
        "authority.certificate": authority.certificate,
        "certificate.postgres.certificate": server.certificate,
        "certificate.postgres.key": server.key,
    }
    files = {file.path: file.text for file in bundle(plan, secrets)}
    return files | {"names": " ".join(variable(*name.split(".", 1)) for name in wanted(plan))}


@pytest.fixture(scope="module")
def variables(ejected: Mapping[str, str]) -> dict[str, str]:
    pairs = (word.partition("=") for word in shlex.split(ejected[".env"]))
    return {name: value for name, _, value in pairs}


@pytest.fixture(scope="module")
def composed(ejected: Mapping[str, str], variables: dict[str, str]) -> Iterator[Composed]:
    run = f"ejected-{uuid.uuid4().hex[:8]}"
    yield Composed(yaml.safe_load(ejected["local/compose.yaml"]), variables, run)
    client = docker.from_env()
    for container in client.containers.list(all=True, filters={"label": f"ai-platform-test={run}"}):
        container.remove(force=True)
    for volume in client.volumes.list(filters={"name": run}):
        volume.remove(force=True)


def healthy(container: Container) -> bool:
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        container.reload()
        if container.health == "healthy":
            return True
        assert container.status != "exited", str(container.logs())
        time.sleep(0.2)
    return False


def run(container: Container, *command: str, stdin: str = "", environment: Mapping[str, str] | None = None) -> str:
    """What it printed. The input goes by a file: the SDK's own way leaves it open."""
    text = ["sh", "-c", 'printf %s "$STDIN" | "$@"', "sh", *command]
    code, said = container.exec_run(text, environment={**(environment or {}), "STDIN": stdin})
    output = said.decode() if isinstance(said, bytes) else ""
    assert code == 0, output
    return output


def test_redis_takes_the_password_of_the_env_file(composed: Composed, variables: dict[str, str]) -> None:
    redis = composed.start("redis")
    assert healthy(redis)
    login = {"REDISCLI_AUTH": variables["PASSWORD_REDIS"]}
    assert run(redis, "redis-cli", "ping", environment=login).strip() == "PONG"
    assert "NOAUTH" in run(redis, "redis-cli", "ping")


def test_databases_and_roles_are_made_twice_over_without_a_word(
    composed: Composed, ejected: Mapping[str, str], variables: dict[str, str]
) -> None:
    postgres = composed.start("postgres")
    assert healthy(postgres)
    psql = ("psql", "--set=ON_ERROR_STOP=1", "--username=postgres", "--dbname=postgres")
    for _ in range(2):
        run(postgres, *psql, stdin=ejected["databases/postgres.sql"], environment=variables)
    listed = run(postgres, *psql, "--tuples-only", "--command", "SELECT datname FROM pg_database ORDER BY 1")
    assert {"platform", "openwebui", "mlflow"} <= set(listed.split())
    login = {"PGPASSWORD": variables["PASSWORD_PLATFORM_DATABASE"]}
    own = ("psql", "--host=127.0.0.1", "--username=platform", "--dbname=platform", "--tuples-only")
    assert run(postgres, *own, "--command", "SELECT '[1,2]'::vector", environment=login).strip() == "[1,2]"


def test_a_password_that_is_not_given_stops_the_sql(composed: Composed, ejected: Mapping[str, str]) -> None:
    postgres = docker.from_env().containers.get(f"{composed.run}-postgres")
    psql = ("psql", "--set=ON_ERROR_STOP=1", "--username=postgres", "--dbname=postgres")
    with pytest.raises(AssertionError, match="syntax error"):
        run(postgres, *psql, stdin=ejected["databases/postgres.sql"])
