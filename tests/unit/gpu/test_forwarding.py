"""Services of rented machines, under addresses that hold here."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pytest

from operations.failure import Failure
from operations.gpu import forwarding
from operations.gpu.forwarding import reachable_outputs, services
from operations.outputs import Machine, Models, NoOutputsError, Outputs
from operations.ssh_forward import forwarded, is_free, login_words, reached

MACHINE = Machine(
    name="n", instance_id="vm-1", status="running", ip_address="198.51.100.7", ssh_port=22, ports={}, user="user",
    host_key="ssh-ed25519 AAAA", hourly_micro_usd=350_000, idle_minutes=30,
)  # fmt: skip


def endpoint(name: str, url: str, host: str = "gpu", kind: str = "") -> dict[str, Any]:
    return {"name": name, "service": kind or name, "host": host, "url": url}


RENTED = Outputs(
    endpoints=[
        endpoint("gate", "http://gpu:11435"), endpoint("ollama", "http://gpu:11434"), endpoint("db", "tcp://gpu:5432"),
    ],
    models=Models(chat="llama3.1:8b", embedding="own"),
    credentials={},
    machines={"gpu": MACHINE},
)  # fmt: skip
ENVIRONMENT = Outputs.model_validate(
    {
        "endpoints": [
            endpoint("ollama", "http://127.0.0.1:11434", "local"), endpoint("embed", "http://127.0.0.1:5555", "local"),
        ],
        "models": {"chat": "small", "embedding": "all"},
        "credentials": {"platform-database": "secret"},
    }
)  # fmt: skip


class Login:
    command = ("ssh", "user@gpu")


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> dict[str, Outputs]:
    """Outputs by stack; each far port is reached here at 10000 more."""
    known = {"test-chat": RENTED, "test": ENVIRONMENT}

    def outputs(stack: str) -> Outputs:
        if stack not in known:
            raise NoOutputsError(f"stack {stack} has no outputs here", "make up")
        return known[stack]

    @contextlib.contextmanager
    def ways(_login: Sequence[str], ports: Collection[int], *, same: bool) -> Iterator[dict[int, int]]:
        yield {port: port if same else port + 10_000 for port in ports}

    monkeypatch.setattr(forwarding, "stack_outputs", outputs)
    monkeypatch.setattr(forwarding, "machine_login", lambda _stack, _host: Login())
    monkeypatch.setattr(forwarding, "forwarded", ways)
    return known


def test_addresses_of_a_machine_become_near_ones_and_keep_their_protocol() -> None:
    with reachable_outputs("test-chat") as outputs:
        assert [each["url"] for each in outputs.endpoints] == [
            "http://127.0.0.1:21435", "http://127.0.0.1:21434", "tcp://127.0.0.1:15432",
        ]  # fmt: skip


def test_a_stack_that_rents_nothing_keeps_its_addresses() -> None:
    with reachable_outputs("test") as outputs:
        assert outputs == ENVIRONMENT


def test_a_question_goes_to_the_machine_through_its_gate_and_to_its_environment_for_the_rest() -> None:
    with services("test-chat") as outputs:
        assert outputs.url("ollama") == "http://127.0.0.1:21435"
        assert outputs.url("embed") == "http://127.0.0.1:5555"
        assert (outputs.models.chat, outputs.models.embedding) == ("llama3.1:8b", "all")
        assert outputs.credentials["platform-database"].get_secret_value() == "secret"


def test_without_its_environment_a_gpu_stack_answers_with_what_it_has(world: dict[str, Outputs]) -> None:
    del world["test"]
    with services("test-chat") as outputs:
        assert outputs.url("ollama") == "http://127.0.0.1:21435"


def test_a_docker_address_without_a_port_leaves_it_to_the_configuration_of_ssh() -> None:
    assert login_words("ssh://gpu.test", ("-F", "file")) == ("ssh", "-F", "file", "gpu.test")
    assert login_words("ssh://ops@host:2222", ()) == ("ssh", "-p", "2222", "ops@host")
    with pytest.raises(Failure, match="is not reached over SSH"):
        login_words("tcp://host:2375", ())


def test_what_is_at_hand_is_not_forwarded() -> None:
    with reached("http://127.0.0.1:11434", None, ()) as url:
        assert url == "http://127.0.0.1:11434"


def test_a_login_that_is_refused_ends_with_the_words_of_ssh() -> None:
    refusing = ("sh", "-c", "echo 'Permission denied (publickey).' >&2; exit 255", "ssh")
    with pytest.raises(Failure, match="Permission denied"), forwarded(refusing, [11434]):
        pytest.fail("nobody is in")


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not is_free(server.getsockname()[1])
