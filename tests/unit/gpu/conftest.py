"""A simulated account in this process, whose time only moves when a test moves it."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.gpu.spend.ledger import SpendLedger
from tests.unit.gpu.checkout import Checkout
from tests.unit.gpu.rented import Rented


@pytest.fixture
def rented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rented:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("operations.gpu.machines.stack_names", lambda: ["dev", "dev-inference", "dev-training"])
    return Rented(tmp_path)


@pytest.fixture
def checkout(tmp_path: Path, rented: Rented, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    root = tmp_path / "checkout"
    root.mkdir()
    found = Checkout(root, rented, monkeypatch)
    rented.ledger = SpendLedger(root / ".state" / "spend" / "dev.jsonl")
    return found
