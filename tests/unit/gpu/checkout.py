"""A checkout with one GPU stack, whose account is a simulated one in this process."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from operations.gpu.account import TensorDockAccount, understood
from planning.build import build
from planning.plan import Plan
from settings.stack_file import read
from simulators.tensordock.service import TOKEN
from tests.unit.gpu.rented import CARD, Rented

STACK = "dev-inference"
HOST: dict[str, Any] = {
    "kind": "gpu_vm",
    "cpus": 4,
    "memory_gb": 16,
    "disk_gb": 100,
    "ssh": {"identity_file": "~/.ssh/key"},
    "gpu": {
        "model": CARD,
        "vram_gb": 24,
        "hourly_usd": 0.41,
        "hours_per_month": 60,
        "minimum_tier": 0,
    },
}
ROOTS = ("account", "environments", "spend.books", "status", "stack_secrets", "alerts.telling")


class Checkout:
    """Its stack files, its state, and whether the engine was asked for anything."""

    def __init__(self, root: Path, rented: Rented, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.rented, self.token = root, rented, TOKEN
        self.up: list[str] = []
        monkeypatch.delenv("TENSORDOCK_API_TOKEN", raising=False)
        for module in ("operations.project", *(f"operations.gpu.{name}" for name in ROOTS)):
            monkeypatch.setattr(f"{module}.ROOT", root)
        monkeypatch.setattr("operations.project.STATE", root / ".state")
        monkeypatch.setattr("operations.outputs.STATE", root / ".state")
        monkeypatch.setattr("operations.gpu.machines.stack_names", lambda: [STACK, "dev-training"])
        # It works beside the verb, in a time that is not the simulated one.
        monkeypatch.setattr("operations.gpu.accounting.watching", lambda _keeper: nullcontext())
        monkeypatch.setattr("operations.gpu.accounting.account_of", self.account_of)
        monkeypatch.setattr("operations.gpu.looking.time.time", rented.now)
        monkeypatch.setattr("operations.gpu.looking.has_account", lambda _stack: bool(self.token))
        monkeypatch.setattr("operations.gpu.vm_start.stack_plan", self.plan)
        monkeypatch.setattr("operations.gpu.held_models.write_down", lambda _stack, _machines: None)
        self.engine = ModuleType("operations.gpu.start")
        self.engine.__dict__.update(bring_up=self.bring_up, tear_down=self.tear_down)
        monkeypatch.setitem(sys.modules, "operations.gpu.start", self.engine)
        self.settings()

    def settings(self, **more: Any) -> None:
        """Writes the stack's file."""
        config = {"hosts": {"inference": HOST}, "budget": {"day_usd": 5, "month_usd": 50}, **more}
        document = {"config": {f"ai-platform:{key}": value for key, value in config.items()}}
        (self.root / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")

    def account_of(self, _stack: str) -> TensorDockAccount:
        return self.rented.account(token=self.token or "none")

    def plan(self, stack: str) -> Plan:
        return build(read(self.root, stack), {})

    def bring_up(self, stack: str) -> None:
        """What the engine does: one machine that runs."""
        self.up.append(stack)
        existing = self.rented.simulated.existing()
        if existing:
            self.rented.account().operation(600).api.start(existing[0].id)
        else:
            self.rented.rent()
        self.rented.advance(120)

    def tear_down(self, stack: str) -> None:
        self.up.append(f"-{stack}")
        for each in self.rented.simulated.existing():
            with understood():
                self.rented.account().operation(600).api.delete(each.id)
        self.rented.advance(60)

    def running(self) -> list[str]:
        return [each.status for each in self.rented.simulated.existing()]
