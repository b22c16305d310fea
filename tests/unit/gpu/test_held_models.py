"""The models of a machine are written down before it is stopped; what fails then stops no stop."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from operations.failure import Failure
from operations.gpu import held_models
from operations.gpu.machines import OurMachine
from operations.ollama.server import HeldModel
from operations.outputs import Outputs
from providers.tensordock.client.status import Status
from tests.unit.gpu.checkout import STACK, Checkout

WRITE_DOWN = held_models.write_down


def machine(status: Status) -> OurMachine:
    return OurMachine(
        name="n", stack=STACK, resource="inference", instance_id="1", status=status, hourly_micro_usd=1, gpu=""
    )


class FakeOllama:
    """Holds one model."""

    def __init__(self, url: str, _seconds: float) -> None:
        assert url == "http://127.0.0.1:1"

    def held(self) -> dict[str, HeldModel]:
        return {"llama3.1:8b": HeldModel(name="llama3.1:8b", digest="ab", size_bytes=5)}


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The endpoints that are reached; empty: the machine lets nobody in."""
    endpoints: list[dict[str, Any]] = [{"name": "ollama", "service": "ollama", "url": "http://127.0.0.1:1"}]

    @contextlib.contextmanager
    def outputs(_stack: str) -> Iterator[Outputs]:
        if not endpoints:
            raise Failure("the machine lets nobody in", "")
        yield Outputs.model_validate(
            {"endpoints": endpoints, "models": {"chat": "x", "embedding": "y"}, "credentials": {}}
        )

    monkeypatch.setattr(held_models, "reachable_outputs", outputs)
    monkeypatch.setattr(held_models, "Ollama", FakeOllama)
    return endpoints


def test_models_are_written_down(
    checkout: Checkout, reached: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    WRITE_DOWN(STACK, [machine(Status.RUNNING)])
    found = json.loads((checkout.root / ".state" / "gpu" / f"{STACK}.models.json").read_text(encoding="utf-8"))
    assert found["models"] == {"ollama": [{"name": "llama3.1:8b", "digest": "ab", "size_bytes": 5}]}
    assert "models: llama3.1:8b" in capsys.readouterr().out


def test_a_stack_without_models_keeps_its_disk(
    checkout: Checkout, reached: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    reached[0]["service"] = "mlflow"
    WRITE_DOWN(STACK, [machine(Status.RUNNING)])
    assert "its disk stays" in capsys.readouterr().out


def test_a_machine_that_lets_nobody_in_is_said(
    checkout: Checkout, reached: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    reached.clear()
    WRITE_DOWN(STACK, [machine(Status.RUNNING)])
    assert "not written anew: the machine lets nobody in" in capsys.readouterr().err
    WRITE_DOWN(STACK, [machine(Status.STOPPED)])
    assert capsys.readouterr().err == "", "nobody asks a machine that is off"
