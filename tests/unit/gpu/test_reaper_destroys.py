"""How the reaper destroys a stack that nobody looks after."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from operations.engine import Engine
from operations.failure import Failure
from operations.gpu.reaper.ssh_hands import SshHands
from tests.unit.gpu.checkout import STACK, Checkout

NOBODY = 4_194_305


@pytest.fixture
def lock(tmp_path: Path, checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the engine keeps the lock of the stack; an engine that looks for no CLI."""
    backend = tmp_path / "backend"
    monkeypatch.setattr("operations.engine.environment", lambda: {"PULUMI_BACKEND_URL": f"file://{backend}"})
    monkeypatch.setattr("operations.engine.ROOT", checkout.root)
    monkeypatch.setattr(checkout.engine, "tear_down", lambda stack: tear_down(checkout, stack))
    file = backend / ".pulumi/locks/organization/ai-platform" / STACK / "one.json"
    file.parent.mkdir(parents=True)
    return file


def tear_down(checkout: Checkout, stack: str) -> None:
    """As the engine does it: of a locked stack nothing is touched."""
    Engine(stack).require_unlocked()
    checkout.tear_down(stack)


def hold(lock: Path, pid: int, host: str) -> None:
    lock.write_text(json.dumps({"pid": pid, "username": "ada", "hostname": host, "timestamp": "noon"}))


def destroy(checkout: Checkout) -> None:
    SshHands(STACK, checkout.rented.account()).destroy(STACK)


def test_the_lock_of_an_update_that_was_killed_on_this_machine_holds_up_no_destroy(
    checkout: Checkout, lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.rented.rent()
    hold(lock, NOBODY, socket.gethostname())
    destroy(checkout)
    assert not checkout.rented.simulated.existing()
    assert not lock.exists()
    assert (
        f"ada@{socket.gethostname()}, process {NOBODY}, since noon, which is no longer running"
        in capsys.readouterr().out
    )


def test_any_other_lock_stays_and_its_holder_is_named(checkout: Checkout, lock: Path) -> None:
    checkout.rented.rent()
    hold(lock, os.getpid(), "elsewhere")
    with pytest.raises(Failure, match=rf"{STACK} is locked by ada@elsewhere"):
        destroy(checkout)
    assert checkout.rented.simulated.existing()
    assert lock.exists()
