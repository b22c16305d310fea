"""The simulated account of a checkout is shared by its GPU stacks and ends with the last of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from operations import simulated_account
from operations.failure import Failure
from simulators.tensordock import process
from simulators.tensordock.remote import ControlError, Remote

MACHINE = {"id": "1", "name": "tensordock-dev-inference-gpu", "status": "stopped"}


class Served(Remote):
    """An account that answers without a process."""

    vms: tuple[dict[str, Any], ...] = ()
    url = "http://127.0.0.1:9/api/v2"
    token = "secret"

    def get(self, path: str) -> Any:
        return {"vms": [*self.vms]}


@pytest.fixture
def began(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What became of the process."""
    told: list[str] = []

    def running(folder: Path) -> Remote | None:
        return Served(folder) if told[-1:] == ["start"] else None

    monkeypatch.setattr(process, "running", running)
    monkeypatch.setattr(process, "start", lambda _folder: told.append("start"))
    monkeypatch.setattr(process, "stop", lambda _folder: told.append("stop"))
    monkeypatch.setattr("simulators.tensordock.remote.Remote", Served)
    monkeypatch.setattr("toolchain.images.ensure_images", told.extend)
    return told


def test_one_process_serves_all_stacks_and_ends_with_the_last(tmp_path: Path, began: list[str]) -> None:
    made = [simulated_account.ensure(stack, tmp_path) for stack in ("dev-inference", "dev-training", "dev-inference")]
    assert began == ["gpu-vm", "start"]
    assert made[0].environment() == {"TENSORDOCK_BASE_URL": Served.url, "TENSORDOCK_API_TOKEN": "secret"}
    assert "secret" not in repr(made[0])
    simulated_account.release("dev-inference", tmp_path)
    assert began == ["gpu-vm", "start"]
    simulated_account.release("dev-training", tmp_path)
    assert began == ["gpu-vm", "start", "stop"]
    simulated_account.release("dev-training", tmp_path)


def test_a_process_that_still_rents_something_out_goes_on(
    tmp_path: Path, began: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Served, "vms", (MACHINE,))
    simulated_account.ensure("dev-inference", tmp_path)
    simulated_account.release("dev-inference", tmp_path)
    assert began == ["gpu-vm", "start"]
    assert "it still rents out tensordock-dev-inference-gpu" in capsys.readouterr().out


def test_a_process_that_does_not_start_is_told_with_its_log(
    tmp_path: Path, began: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_folder: Path) -> None:
        raise ControlError("the simulated TensorDock account does not answer:\nno Docker engine")

    monkeypatch.setattr(process, "start", broken)
    with pytest.raises(Failure, match=r"no Docker engine(.|\n)*read .*log"):
        simulated_account.ensure("dev-inference", tmp_path)
