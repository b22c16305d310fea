"""scripts/inference-model-apply on a real engine, with a hub of its own and with none."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.model_hub import COMMIT
from toolchain.image_references import recorded_references

ROOT = Path(__file__).parents[2]
NO_HUB = "http://127.0.0.1:9"
MODEL = "owner/name"


def docker(*arguments: str, check: bool = True) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=120, check=check)
    return done.stdout.strip()


def apply(volume: str, hub: str, **change: Any) -> "subprocess.CompletedProcess[str]":
    order = {"image": recorded_references()["inference"], "volume": volume, "model": MODEL, "revision": COMMIT}
    return subprocess.run(
        [sys.executable, "-m", "operations.inference_model"], input=json.dumps({**order, **change}), cwd=ROOT,
        env={**os.environ, "HF_ENDPOINT": hub}, timeout=180, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def volume() -> Iterator[str]:
    """An empty volume; what the command leaves running is an error."""
    name = f"ai-platform-inference-model-{uuid.uuid4().hex[:8]}"
    docker("volume", "create", name)
    yield name
    assert docker("ps", "--all", "--quiet", "--filter", f"volume={name}") == ""
    docker("volume", "rm", "--force", name)


@pytest.fixture(scope="module")
def hub() -> Iterator[str]:
    """A hub in a container, which only other containers can reach."""
    source = (Path(__file__).parent / "model_hub.py").read_text(encoding="utf-8")
    image = recorded_references()["inference"]
    container = docker("run", "--detach", "--rm", "--entrypoint", "python", image, "-c", source)
    try:
        address = docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", container)
        probe = ("exec", container, "python", "-m", "inference.probe", f"http://127.0.0.1:8000/tree/{COMMIT}")
        deadline = time.monotonic() + 30
        while subprocess.run(["docker", *probe], capture_output=True, timeout=30, check=False).returncode:
            assert time.monotonic() < deadline, docker("logs", container)
            time.sleep(0.2)
        yield f"http://{address}:8000"
    finally:
        docker("rm", "--force", container)


def test_a_missing_model_is_fetched_and_a_present_one_needs_no_hub(volume: str, hub: str) -> None:
    first, second = apply(volume, hub), apply(volume, NO_HUB)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert first.stdout == second.stdout == f"{MODEL} at {COMMIT} is in {volume}\n"


def test_what_a_killed_run_left_does_not_stand_in_the_way(volume: str, hub: str) -> None:
    docker("run", "--detach", "--name", f"{volume}-fetch", "--entrypoint", "sleep", "--volume", f"{volume}:/models",
           recorded_references()["inference"], "600")  # fmt: skip
    assert apply(volume, hub).returncode == 0


def test_another_revision_than_the_one_that_is_there_is_refused_with_the_way_out(volume: str, hub: str) -> None:
    assert apply(volume, hub).returncode == 0
    done = apply(volume, hub, revision="b" * 40)
    assert done.returncode == 1
    assert f"{volume} holds {MODEL} at {COMMIT}, and the settings name {'b' * 40}" in done.stderr
    remedy = done.stderr.partition("-> docker ")[2].partition("   (")[0]
    docker(*remedy.split())
    assert apply(volume, hub).returncode == 0


def test_without_a_hub_the_error_names_model_revision_cause_and_what_to_do(volume: str) -> None:
    done = apply(volume, NO_HUB)
    assert done.returncode == 1
    assert f"{MODEL} at {COMMIT} could not be fetched into {volume} on this machine: cannot fetch" in done.stderr
    assert f"from {NO_HUB}: " in done.stderr
    assert "-> let this machine reach the Hugging Face hub, or name a mirror in HF_ENDPOINT" in done.stderr
    assert "Traceback" not in done.stderr
