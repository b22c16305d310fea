"""What a whole environment asks of the engine: every service of the catalogue, on this machine and on a Mac."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pulumi
import pytest
from pydantic import BaseModel

from catalogue.load import definitions
from components.certificates import certificates
from components.host_access import HostAccess
from components.passwords import Passwords, PasswordsArgs
from components.services import Services
from operations.bucket import BucketSpec
from operations.database import DatabaseSpec
from operations.databases.server import ContainerServer, HostServer
from operations.databases.spec import DatabaseSpec as ManagedDatabaseSpec
from operations.databases.spec import MigrationsSpec
from operations.deliver_image import DeliverySpec
from operations.inference_model import InferenceModelSpec
from operations.live_files import LiveFilesSpec
from operations.models import ModelsSpec
from operations.rehearsal.spec import RehearsalSpec
from operations.secret_files import SecretFilesSpec
from operations.site_apply import SiteSpec
from planning.passwords import password_names
from planning.plan import Plan

from .conftest import PASSWORD_HASH, SERVICES, Planner
from .engine import GENERATED, TUNNEL_TOKEN, Registrations, plain_texts, run

ANNOUNCED = ("envs", "command", "entrypoints", "labels")
"""What anyone with access to Docker reads with `docker inspect`."""
SPECIFICATIONS: dict[str, type[BaseModel]] = {
    "scripts/database-apply": DatabaseSpec,
    "scripts/databases-apply": ManagedDatabaseSpec,
    "scripts/migrate-apply": MigrationsSpec,
    "scripts/bucket-apply": BucketSpec,
    "scripts/rehearse": RehearsalSpec,
    "scripts/deliver-image": DeliverySpec,
    "scripts/models-apply": ModelsSpec,
    "scripts/inference-model-apply": InferenceModelSpec,
    "scripts/site-apply": SiteSpec,
    "scripts/secret-files-apply": SecretFilesSpec,
    "scripts/live-files-apply": LiveFilesSpec,
}


def bring_up(plan: Plan) -> Registrations:
    def program() -> None:
        passwords = Passwords("passwords", PasswordsArgs(names=password_names(plan)))
        secrets = {f"password.{name}": value for name, value in passwords.values.items()}
        secrets |= {"secret.tunnel-token": pulumi.Output.secret(TUNNEL_TOKEN), **certificates(plan)}
        secrets["secret.access-audiences"] = pulumi.Output.from_input('{"chat.example.com": "aud"}')
        secrets["secret.login-anna"] = pulumi.Output.secret(PASSWORD_HASH)
        Services(plan, HostAccess(plan, secrets), secrets)

    return run(program)


@pytest.fixture(scope="module")
def made(whole: Plan) -> Registrations:
    return bring_up(whole)


def secrets_of(plan: Plan) -> list[str]:
    generated = [*(f"passwords-{name}" for name in password_names(plan)), "authority-postgres", "authority-names"]
    return [TUNNEL_TOKEN, PASSWORD_HASH, "PRIVATE KEY OF THE MAC", *(f"{GENERATED}{name}" for name in generated)]


def test_every_kind_of_the_catalogue_is_tried() -> None:
    assert {service.get("kind", name) for name, service in SERVICES.items()} == set(definitions())


def test_every_secret_reaches_the_engine_as_a_secret(made: Registrations, whole: Plan) -> None:
    everything = json.dumps([one.inputs for one in made.made])
    assert all(secret in everything for secret in secrets_of(whole))
    for one in made.made:
        for text in plain_texts(one.given):
            assert not any(secret in text for secret in secrets_of(whole)), f"{one.name} tells a secret in plain"


def test_no_secret_stands_where_docker_shows_it(made: Registrations, whole: Plan) -> None:
    for container in made.of_kind(":Container"):
        shown = json.dumps([container.inputs.get(key) for key in ANNOUNCED])
        assert not any(secret in shown for secret in (*secrets_of(whole), "${password", "${secret"))


def test_secrets_of_commands_travel_on_standard_input_only(made: Registrations, whole: Plan) -> None:
    for command in made.of_kind(":Command"):
        beside = json.dumps({key: value for key, value in command.inputs.items() if key not in ("stdin", "connection")})
        assert not any(secret in beside for secret in secrets_of(whole))
        assert command.inputs["addPreviousOutputInEnv"] is False
    for name in ("mlflow-bucket-apply", "mlflow-database-apply", "postgres-database-apply", "redis-rehearsal"):
        assert made.command(name).is_secret("stdin")
    assert made.command("mini-role").is_secret("connection")


def test_each_command_is_understood_by_the_script_that_it_starts(made: Registrations) -> None:
    tried = set()
    for command in made.of_kind("local:Command"):
        script = command.inputs["create"]
        SPECIFICATIONS[script].model_validate_json(command.inputs["stdin"])
        tried.add(script)
    assert tried == set(SPECIFICATIONS)


def test_every_container_is_confined(made: Registrations) -> None:
    for container in (one.inputs for one in made.of_kind(":Container")):
        assert container["capabilities"] == {"drops": ["ALL"]}
        assert container["securityOpts"] == ["no-new-privileges"]
        assert container["memory"] == container["memorySwap"] > 0
        assert float(container["cpus"]) > 0
        assert container["restart"] == "unless-stopped"
        assert container["logDriver"] == "json-file"
        assert container["logOpts"] == {"max-size": "10m", "max-file": "3"}
        assert not container.get("privileged")
        assert not any(mount["type"] == "bind" for mount in container["mounts"])


def test_every_port_is_bound_to_the_address_of_the_plan(made: Registrations, whole: Plan) -> None:
    for service in whole.services:
        if service.container:
            (port,) = made.container(service.name).inputs["ports"]
            address = {"local": "10.0.0.11", "mini": "0.0.0.0"}[service.host]
            assert (port["ip"], port["external"]) == (address, service.port)


def test_a_container_makes_room_before_it_is_replaced_and_what_docker_ignores_replaces_it(made: Registrations) -> None:
    for container in made.of_kind(":Container"):
        assert container.request.deleteBeforeReplace
        assert {"healthcheck", "tmpfs", "init"} <= set(container.request.replaceOnChanges)


def test_a_container_with_a_health_check_is_waited_for(made: Registrations) -> None:
    for container in (one.inputs for one in made.of_kind(":Container")):
        assert container["wait"] == ("healthcheck" in container)
        if container["wait"]:
            assert container["waitTimeout"] > 30
    assert sum("healthcheck" in one.inputs for one in made.of_kind(":Container")) >= 11


def test_volumes_outlive_the_stack(made: Registrations) -> None:
    volumes = [one for one in made.of_kind(":Volume") if not one.name.endswith("-live")]
    assert {one.name for one in volumes} >= {"postgres-data", "redis-data", "redis-mini-data", "s3-data"}
    assert all(one.request.retainOnDelete for one in volumes)


NEEDED_FIRST: dict[str, set[str]] = {
    "postgres": {"postgres-rehearsal", "postgres-data", "local-postgres", "local-network"},
    "mlflow": {"mlflow-rehearsal", "mlflow-database-apply", "mlflow-bucket-apply", "postgres-database-apply", "s3"},
    "open-webui": {
        "open-webui-rehearsal", "open-webui-database-apply", "ollama", "ollama-models-pull", "embed", "rerank",
    },
    "web": {"application", "web-rehearsal"},
    "redis-mini": {"redis-mini-rehearsal", "mini-redis", "mini-network"},
}  # fmt: skip


@pytest.mark.parametrize("name", NEEDED_FIRST)
def test_a_service_comes_after_what_it_needs(made: Registrations, name: str) -> None:
    assert made.container(name).depends_on >= NEEDED_FIRST[name]


def test_a_rehearsal_waits_for_the_same_as_its_service(made: Registrations, whole: Plan) -> None:
    for rehearsal in made.of_kind("local:Command"):
        if rehearsal.inputs["create"] == "scripts/rehearse":
            own = made.container(rehearsal.name.removesuffix("-rehearsal"))
            volumes = {one.name for one in made.of_kind(":Volume")}
            assert own.depends_on - rehearsal.depends_on <= {rehearsal.name, *volumes}


def test_a_model_is_fetched_after_image_and_volume_and_before_rehearsal_and_service(made: Registrations) -> None:
    for service, image in {"embed": "local-inference", "embed-mini": "mini-inference"}.items():
        fetched = made.command(f"{service}-model")
        assert {image, f"{service}-models"} <= fetched.depends_on
        assert f"{service}-model" in made.command(f"{service}-rehearsal").depends_on
        assert {f"{service}-model", f"{service}-rehearsal"} <= made.container(service).depends_on
        assert fetched.request.customTimeouts.create == fetched.request.customTimeouts.update == "3900s"
    asked = json.loads(made.command("embed-mini-model").inputs["stdin"])
    assert asked["docker_host"] == "ssh://admin@10.0.0.12:22"
    assert asked["volume"] == "ai-platform-test-embed-mini-models"


def test_a_rehearsal_reads_the_live_volume_that_its_model_was_fetched_into(made: Registrations) -> None:
    rehearsed = json.loads(made.command("embed-rehearsal").inputs["stdin"])
    assert {"name": "ai-platform-test-embed-models", "path": "/models"} in rehearsed["read_only_volumes"]
    assert rehearsed["scratch_paths"] == []


def test_a_bundled_model_needs_no_command_and_leaves_its_rehearsal_as_it_was(made: Registrations) -> None:
    assert "rerank-model" not in {one.name for one in made.of_kind(":Command")}
    rehearsed = json.loads(made.command("rerank-rehearsal").inputs["stdin"])
    assert rehearsed["scratch_paths"] == ["/models"]
    assert "/models" not in {one["path"] for one in rehearsed["read_only_volumes"]}
    assert "RERANK_MODEL=all-MiniLM-L6-v2" in made.container("rerank").inputs["envs"]


def test_another_revision_is_another_rehearsal_and_another_container(planned: Planner) -> None:
    def asked(revision: str) -> tuple[str, list[str]]:
        models = {"rerank": "BAAI/bge-reranker-base", "rerank_revision": revision}
        made = bring_up(planned(services={"rerank": {"host": "local"}}, models=models))
        return made.command("rerank-rehearsal").inputs["stdin"], made.container("rerank").inputs["envs"]

    before, after = asked("a" * 40), asked("b" * 40)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_databases_buckets_and_models_are_looked_at_again_in_a_new_container(made: Registrations) -> None:
    for name, server in {
        "mlflow-database-apply": "postgres", "mlflow-bucket-apply": "s3", "ollama-models-pull": "ollama",
    }.items():  # fmt: skip
        assert f"{server}-id" in made.command(name).inputs["stdin"]
        assert server in made.command(name).depends_on


def test_the_connector_of_a_tunnel_is_never_rehearsed(made: Registrations) -> None:
    assert "tunnel-rehearsal" not in {one.name for one in made.of_kind(":Command")}


def test_containers_on_a_mac_wait_for_its_role_and_get_images_that_it_cannot_pull(made: Registrations) -> None:
    assert "mini-role" in made.one("pulumi:providers:docker", "docker-mini").depends_on
    assert "mini-inference-delivery" in made.one(":RemoteImage", "mini-inference").depends_on
    assert "mini-role" in made.command("mini-inference-delivery").depends_on
    delivered = {one.name for one in made.of_kind(":Command") if one.name.endswith("-delivery")}
    assert delivered == {"mini-inference-delivery", "mini-gate-delivery"}


def test_images_stay_on_their_hosts(made: Registrations) -> None:
    images = made.of_kind(":RemoteImage")
    assert images
    assert all(one.inputs["keepLocally"] for one in images)


def test_every_child_is_shown_under_its_component(made: Registrations) -> None:
    for one in made.made:
        if one.kind.startswith(("ai-platform:", "pulumi:")) and not one.kind.endswith(":LiveFiles"):
            assert "::pulumi:pulumi:Stack::" in one.request.parent
        else:
            assert "ai-platform:index:" in one.request.parent


def test_no_two_resources_share_a_name(made: Registrations) -> None:
    counted = Counter((one.request.parent, one.kind, one.name) for one in made.made)
    assert [name for name, times in counted.items() if times > 1] == []


STABLE_NAMES = {
    ("random:index/randomPassword:RandomPassword", "passwords-redis"),
    ("random:index/randomPassword:RandomPassword", "passwords-platform-database"),
    ("docker:index/network:Network", "local-network"),
    ("docker:index/remoteImage:RemoteImage", "local-redis"),
    ("docker:index/volume:Volume", "redis-data"),
    ("docker:index/container:Container", "redis"),
    ("command:local:Command", "redis-rehearsal"),
    ("command:local:Command", "postgres-database-apply"),
    ("command:local:Command", "mlflow-bucket-apply"),
    ("command:local:Command", "ollama-models-pull"),
    ("command:remote:Command", "mini-role"),
    ("pulumi:providers:docker", "docker-local"),
    ("ai-platform:index:ServiceContainer", "redis"),
    ("ai-platform:index:DockerHost", "local"),
    ("ai-platform:index:MacMini", "mini"),
}
"""Another name is another resource: the old one, with its data, would be removed."""


def test_names_are_stable_for_life(made: Registrations) -> None:
    assert made.names() >= STABLE_NAMES


def test_one_more_service_changes_nothing_of_the_others(planned: Planner) -> None:
    few = {"redis": {"host": "local"}, "s3": {"host": "local"}}
    before = bring_up(planned(services=few))
    after = bring_up(planned(services={**few, "qdrant": {"host": "local"}}))
    for one in before.of_kind(":Container"):
        assert after.container(one.name).inputs == one.inputs
    assert before.names() < after.names()


def test_a_database_s_roles_come_after_its_server_and_its_migrations_after_its_roles(made: Registrations) -> None:
    roles, migrations = (made.command(f"database-knowledge-{part}") for part in ("roles", "migrations"))
    assert migrations.depends_on == {"database-knowledge-roles", "postgres"}
    told = MigrationsSpec.model_validate_json(migrations.inputs["stdin"])
    assert [file.name for file in told.files] == ["documents", "ingestion-runs", "search", "search-words-once"]
    server = ManagedDatabaseSpec.model_validate_json(roles.inputs["stdin"]).server
    assert isinstance(server, ContainerServer)
    assert server.container_id == "postgres-id"


def test_a_database_on_a_mac_itself_is_made_over_its_login_with_the_login_before_still_open(
    made: Registrations,
) -> None:
    told = ManagedDatabaseSpec.model_validate_json(made.command("database-office-roles").inputs["stdin"])
    assert isinstance(told.server, HostServer)
    assert (told.server.address, told.server.port) == ("10.0.0.12", 5432)
    assert {login.name: login.password for login in told.logins} == {
        "office_ingest_a": f"{GENERATED}passwords-office_ingest-1",
        "office_read_b": f"{GENERATED}passwords-office_read-2",
        "office_read_a": f"{GENERATED}passwords-office_read-1",
    }
    assert told.closed == ("office_ingest_b",)


def test_the_proxy_changes_only_after_what_guards_its_names(whole: Plan) -> None:
    """Where Authelia stops to ask, the login at Cloudflare must be there already."""

    def program() -> None:
        guard = pulumi.CustomResource("test:index:Login", "login")
        secrets = {f"password.{name}": pulumi.Output.secret("x") for name in password_names(plan)}
        Services(plan, HostAccess(plan, secrets), secrets, after={"proxy": [guard]})

    only = tuple(service for service in whole.services if service.name in ("proxy", "redis"))
    only = tuple(replace(service, wants=()) for service in only)
    environment = whole.environment.model_copy(update={"routes": ()})
    plan = replace(whole, environment=environment, services=only, databases=())
    made = run(program)
    assert "login" in made.container("proxy").depends_on
    assert "proxy-id" in made.command("proxy-live-apply").inputs["stdin"]
    assert "login" not in made.container("redis").depends_on
