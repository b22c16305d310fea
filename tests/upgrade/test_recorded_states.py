"""An environment that an earlier version brought up goes on under this one: nothing of it is replaced or deleted.

A red test here means that users would lose a container, a password or a volume with the next `make up`. Where
replacing a container is what a version is for, say so in REPLACED_ON_PURPOSE. Names, parents and types are kept, or
aliased until every recording has them.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.engine.checkout import Checkout
from tests.upgrade.recording import PASSPHRASE, STACK, Recording, recordings

CONTAINER = "docker:index/container:Container"
READ_ONLY = "its root file system can no longer be written, and it keeps its results in Redis"
SHARED_MEMORY = "more shared memory: workers of an index build did not fit into 64 MB"
TLS = "it verifies Postgres, which lets nobody in without TLS any more"
REPLACED_ON_PURPOSE: dict[str, dict[str, str]] = {
    "0.1.0": {
        "embed": READ_ONLY, "rerank": READ_ONLY, "postgres": SHARED_MEMORY, "mlflow": TLS, "open-webui": TLS,
    }
}  # fmt: skip
"""Recorded version -> container -> why a later version replaces it. Nothing but containers may stand here."""


def steps(checkout: Checkout) -> list[dict[str, Any]]:
    """What `pulumi preview` would do, step by step, resources that stay as they are included."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
    command = ("scripts/pulumi", "preview", "-s", STACK, "--json", "--show-sames", "--non-interactive")
    done = subprocess.run(
        command, cwd=checkout.root, env={**kept, **PASSPHRASE},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["steps"]
    return found


def lost(planned: list[dict[str, Any]]) -> dict[str, str]:
    """Kind and name of every resource that would be replaced or deleted, and the properties that are to blame.

    Default providers hold nothing and carry their version in their name: another version is another provider.
    """
    return {
        "::".join(step["urn"].split("::")[2:]): " ".join((step["op"], *step.get("replaceReasons", ())))
        for step in planned
        if step["op"] not in ("same", "create", "update", "read", "refresh")
        and not ("::pulumi:providers:" in step["urn"] and "::default" in step["urn"])
    }


@pytest.fixture
def latest() -> Recording:
    return recordings()[-1]


@pytest.mark.parametrize("recording", recordings(), ids=lambda recording: recording.folder.name)
def test_an_earlier_version_s_environment_is_neither_replaced_nor_deleted(recording: Recording, tmp_path: Path) -> None:
    planned = steps(recording.replay(tmp_path / "checkout"))
    expected = {
        f"ai-platform:index:ServiceContainer${CONTAINER}::{name}"
        for name in REPLACED_ON_PURPOSE.get(recording.folder.name, {})
    }
    found = lost(planned)
    assert set(found) == expected, found
    recorded = json.loads(recording.state.read_text(encoding="utf-8"))["deployment"]["resources"]
    held = {one["urn"] for one in recorded if one["type"].startswith(("docker:", "random:"))}
    assert held <= {step["urn"] for step in planned}


def test_a_renamed_volume_would_be_noticed(latest: Recording, tmp_path: Path) -> None:
    checkout = latest.replay(tmp_path / "checkout")
    file = checkout.root / "components" / "service_container.py"
    program = file.read_text(encoding="utf-8")
    renamed = program.replace('f"{name}-{volume.name}"', 'f"{name}-{volume.name}-renamed"')
    assert renamed != program
    file.write_text(renamed, encoding="utf-8")
    assert (
        lost(steps(checkout))["ai-platform:index:ServiceContainer$docker:index/volume:Volume::redis-data"] == "delete"
    )
