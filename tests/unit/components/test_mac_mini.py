"""What MacMini asks of the command provider."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks

from components.mac_mini import MacMini
from components.provisioned_host import ProvisionedHostArgs
from hosts.login_command import login_command, standard_input
from hosts.mac.spec import MacSpec, Ollama
from hosts.mac.steps import mac_role
from hosts.script import render_script

# Importing the package warns of its own CopyFile, which nobody here uses.
pytestmark = pytest.mark.filterwarnings("ignore:This resource is deprecated:DeprecationWarning")

T = TypeVar("T")
SPEC = MacSpec(user="admin", ollama=Ollama())


class Recorder(Mocks):
    """Keeps what every resource was given."""

    def __init__(self) -> None:
        self.resources: dict[str, MockResourceArgs] = {}

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.resources[args.typ] = args
        return f"{args.name}-id", {**args.inputs, "stdout": "{}"}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        return {}, None


@pytest.fixture
def recorder() -> Recorder:
    recorder = Recorder()
    set_mocks(recorder)
    return recorder


def mac_mini(spec: MacSpec = SPEC) -> MacMini:
    args = ProvisionedHostArgs(
        address="192.0.2.1",
        port=2222,
        user="admin",
        private_key=pulumi.Output.secret("KEY"),
        host_key="ssh-ed25519 AAAA",
        role=mac_role(spec),
    )
    return MacMini("mini", args)


def settled(make: Callable[[], pulumi.Output[T]]) -> T:
    """The value of an output, once the program that makes it has run."""
    values: list[T] = []
    run = cast(Callable[[Callable[[], object]], Callable[[], None]], pulumi.runtime.test)
    run(lambda: make().apply(values.append))()
    return values[0]


def test_the_script_goes_by_standard_input_and_the_host_key_is_pinned(recorder: Recorder) -> None:
    settled(lambda: mac_mini().ready)
    command = recorder.resources["command:remote:Command"].inputs
    assert command["stdin"]["value"] == standard_input(render_script(mac_role(SPEC)), {})
    assert command["create"] == login_command("apply")
    assert command["connection"]["value"]["hostKey"] == "ssh-ed25519 AAAA"
    assert command["addPreviousOutputInEnv"] is False


def test_docker_is_reached_as_the_user_who_logs_in(recorder: Recorder) -> None:
    assert settled(lambda: mac_mini().docker_url) == "ssh://admin@192.0.2.1:2222"


def test_another_role_gives_another_ready_value(recorder: Recorder) -> None:
    other = MacSpec(user="admin", ollama=Ollama(parallel=4))
    assert settled(lambda: mac_mini().ready) != settled(lambda: mac_mini(other).ready)


def test_services_of_another_user_are_refused(recorder: Recorder) -> None:
    with pytest.raises(ValueError, match="logs in as admin, but its services are to run as ai"):
        mac_mini(MacSpec(user="ai"))
