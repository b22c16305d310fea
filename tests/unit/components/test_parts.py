"""Components one by one: what each tells the engine that the whole does not show."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from catalogue.definition import Database as DatabaseDefinition
from components.bucket import Bucket, BucketArgs
from components.database import Database, DatabaseArgs
from components.docker_access import DockerAccess
from components.docker_host import DockerHost, DockerHostArgs
from components.files import contents
from components.ollama_models import OllamaModels, OllamaModelsArgs
from components.passwords import Passwords, PasswordsArgs
from planning.plan import PlannedFile

from .engine import GENERATED, run, settled

FAR = DockerAccess(url="ssh://admin@10.0.0.12:22", ssh_options=("-i", "key"))
BUILT, PULLED = "ai-platform/mlflow:1", f"docker.io/library/redis@sha256:{'0' * 64}"


def test_a_password_is_secret_and_stands_in_urls_as_it_is() -> None:
    made = run(lambda: Passwords("passwords", PasswordsArgs(names=["one", "two"])))
    passwords = made.of_kind(":RandomPassword")
    assert {one.name for one in passwords} == {"passwords-one", "passwords-two"}
    for one in passwords:
        assert one.inputs["length"] >= 32
        assert one.inputs["special"] is False
        assert "result" in one.request.additionalSecretOutputs
    value = settled(lambda: Passwords("passwords", PasswordsArgs(names=["one"])).values["one"])
    assert value == (f"{GENERATED}passwords-one", True)


def test_a_file_is_secret_whatever_is_in_it() -> None:
    files = (
        PlannedFile(path="/secret", template="password=${password.redis} and $$HOME", mode="0444"),
        PlannedFile(path="/plain", template="appendonly yes", mode="0444"),
    )
    secrets = {"password.redis": pulumi.Output.secret("hidden"), "password.other": pulumi.Output.secret("unused")}
    assert settled(lambda: contents(files, secrets)["/secret"]) == ("password=hidden and $HOME", True)
    assert settled(lambda: contents(files, secrets)["/plain"]) == ("appendonly yes", True)


def test_a_secret_that_nobody_knows_is_not_left_out_in_silence() -> None:
    files = (PlannedFile(path="/secret", template="${secret.missing}", mode="0444"),)
    with pytest.raises(KeyError, match=r"secret\.missing"):
        settled(lambda: contents(files, {})["/secret"])


def test_images_built_here_are_delivered_to_other_machines_and_those_with_a_digest_are_pulled() -> None:
    args = DockerHostArgs(environment="test", access=FAR, images={"mlflow": BUILT, "redis": PULLED})
    made = run(lambda: DockerHost("mini", args))
    assert [one.name for one in made.of_kind(":Command")] == ["mini-mlflow-delivery"]
    assert json.loads(made.command("mini-mlflow-delivery").inputs["stdin"]) == {
        "image": BUILT, "docker_host": FAR.url, "ssh_options": ["-i", "key"],
    }  # fmt: skip
    assert made.one(":RemoteImage", "mini-mlflow").depends_on == {"mini-mlflow-delivery"}
    assert made.one(":RemoteImage", "mini-redis").depends_on == set()


def test_on_this_machine_nothing_is_delivered() -> None:
    near = DockerAccess(url=None, ssh_options=())
    made = run(lambda: DockerHost("local", DockerHostArgs(environment="test", access=near, images={"mlflow": BUILT})))
    assert made.of_kind(":Command") == []
    (network,) = made.of_kind(":Network")
    assert network.inputs["name"] == "ai-platform-test"
    assert network.request.deleteBeforeReplace


def test_a_database_is_asked_for_with_its_password_as_a_secret() -> None:
    args = DatabaseArgs(
        definition=DatabaseDefinition(name="documents", role="reader", extensions=("vector",)),
        password=pulumi.Output.secret("hidden"),
        container="ai-platform-test-postgres",
        container_id="1",
        access=FAR,
    )
    command = run(lambda: Database("documents", args)).command("documents-apply")
    assert command.is_secret("stdin")
    asked = json.loads(command.inputs["stdin"])
    assert (asked["database"], asked["role"], asked["password"]) == ("documents", "reader", "hidden")
    assert asked["docker_host"] == FAR.url


def test_a_bucket_is_asked_for_with_its_key_as_a_secret() -> None:
    args = BucketArgs(
        bucket="b", url="http://10.0.0.11:8333", secret_key=pulumi.Output.secret("hidden"), generation="1"
    )
    command = run(lambda: Bucket("b", args)).command("b-apply")
    assert command.is_secret("stdin")
    assert json.loads(command.inputs["stdin"])["secret_key"] == "hidden"


def test_a_pull_may_take_hours_and_starts_again_in_a_new_server() -> None:
    def stdin(generation: str) -> str:
        args = OllamaModelsArgs(url="http://10.0.0.11:11434", models=("m",), fallback=None, generation=generation)
        command = run(lambda: OllamaModels("models", args)).command("models-pull")
        assert command.request.customTimeouts.create == "10800s"
        return str(command.inputs["stdin"])

    assert stdin("1") == stdin("1") != stdin("2")


def test_digests_are_asked_for_where_they_are_pinned_and_otherwise_the_order_is_what_it_always_was() -> None:
    def order(**pins: str) -> Any:
        args = OllamaModelsArgs(url="http://h", models=("m",), fallback=None, generation="1", digests=pins)
        return json.loads(run(lambda: OllamaModels("models", args)).command("models-pull").inputs["stdin"])

    assert order(m="d" * 64)["digests"] == {"m": "d" * 64}
    assert set(order()) == {"url", "models", "fallback", "deadline_seconds", "generation"}
