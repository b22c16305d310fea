"""Services with a read-only root: Docker uploads nothing into them, so their secrets come in a volume."""

from __future__ import annotations

import json
from dataclasses import replace

from components.docker_access import DockerAccess
from components.service_args import ServiceContainerArgs
from components.service_container import ServiceContainer
from planning.plan import Plan

from .conftest import Planner
from .engine import GENERATED, Registrations, run
from .test_services import bring_up

VOLUME = "ai-platform-test-embed-secrets"
PASSWORD = f"{GENERATED}passwords-redis"


def made_with_redis(planned: Planner) -> Registrations:
    return bring_up(planned(services={name: {"host": "local"} for name in ("redis", "embed", "rerank")}))


def test_a_read_only_service_reads_its_secrets_from_a_volume_of_its_own(planned: Planner) -> None:
    container = made_with_redis(planned).container("embed").inputs
    assert container["readOnly"] is True
    assert not container.get("uploads")
    mounts = {mount["target"]: mount for mount in container["mounts"]}
    assert mounts["/run/secrets"] == {
        "type": "volume", "source": VOLUME, "target": "/run/secrets", "readOnly": True,
    }  # fmt: skip
    assert "CACHE_PASSWORD_FILE=/run/secrets/redis_password" in container["envs"]


def test_files_are_written_before_rehearsal_and_container_and_are_secret(planned: Planner) -> None:
    made = made_with_redis(planned)
    written = made.command("embed-secrets")
    told = json.loads(written.inputs["stdin"])
    assert (told["volume"], told["files"]) == (VOLUME, {"redis_password": PASSWORD})
    assert written.is_secret("stdin")
    assert written.is_secret("triggers")
    assert PASSWORD not in json.dumps(written.inputs["triggers"])
    # By their values, not by `depends_on`: another generation of the files is another container.
    labels = {one["label"]: one["value"] for one in made.container("embed").inputs["labels"]}
    assert labels["ai-platform.secrets"] == "embed-secrets-id"


def test_a_rehearsal_reads_the_same_files_and_tells_none_of_them(planned: Planner) -> None:
    told = json.loads(made_with_redis(planned).command("embed-rehearsal").inputs["stdin"])
    assert told["read_only"] is True
    assert told["uploads"] == []
    assert told["redact"] == [PASSWORD]
    assert {"name": VOLUME, "path": "/run/secrets"} in told["read_only_volumes"]


def test_without_a_redis_the_service_is_as_before_and_has_no_secrets(planned: Planner) -> None:
    made = bring_up(planned(services={"embed": {"host": "local"}}))
    assert made.container("embed").inputs["readOnly"] is True
    assert made.container("embed").inputs["envs"] == ["EMBED_MODEL=all-MiniLM-L6-v2"]
    assert {one.name for one in made.of_kind(":Command")} == {"embed-rehearsal"}


def test_other_services_stay_as_docker_knows_them(whole: Plan, planned: Planner) -> None:
    """`readOnly: false` in place of nothing would be shown as a change of every container."""
    made = made_with_redis(planned)
    assert "readOnly" not in made.container("redis").inputs
    assert made.container("redis").inputs["uploads"]
    assert {one.name for one in whole.services if one.container and one.container.read_only} == {
        "embed", "rerank", "embed-mini", "proxy", "access-check", "names", "authelia",
    }  # fmt: skip


def test_a_replica_shares_what_the_first_has_made(planned: Planner) -> None:
    plan = planned(services={"embed": {"host": "local"}}).service("embed").container
    assert plan

    def program() -> None:
        args = ServiceContainerArgs(
            environment="test", service="embed", container=plan, image_id="sha256:1", files={}, network="n", port=None,
            access=DockerAccess(url=None, ssh_options=()), after=[], alias="embed-replicas",
        )  # fmt: skip
        first = ServiceContainer("embed", args)
        ServiceContainer("embed-2", replace(args, held=first.held))

    made = run(program)
    assert {one.name for one in made.of_kind(":Volume")} == {"embed-models"}
    assert made.container("embed-2").inputs["mounts"] == made.container("embed").inputs["mounts"]
    assert made.container("embed").inputs["networksAdvanced"][0]["aliases"] == ["embed-replicas"]
    assert not made.container("embed-2").inputs.get("ports")
