"""scripts/rehearse on a real engine."""

import contextlib
import json
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from toolchain.image_references import recorded_references

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "operations.rehearse"]
SECRET = "correct-horse-battery"
CHECK = {"tests": ["CMD", "test", "-f", "/data/ready"], "timeout": "3s"}
TESTS = 'test "$(id -u)" = 65534 && test "$A" = "b c" && cat /run/secrets/KEY > /data/key'
WORKS = f"{TESTS} && touch /data/ready && exec sleep 600"


def docker(*arguments: str, check: bool = True) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=120, check=check)
    return done.stdout.strip()


@pytest.fixture
def environment() -> Iterator[str]:
    """An environment of its own; everything of it is removed again."""
    name = f"rehearsal-{uuid.uuid4().hex[:8]}"
    docker("network", "create", f"ai-platform-{name}")
    yield name
    left = docker("ps", "--all", "--quiet", "--filter", f"label=ai-platform.environment={name}").split()
    if left:
        docker("rm", "--force", "--volumes", *left)
    docker("network", "rm", f"ai-platform-{name}")


@pytest.fixture
def running(environment: str) -> Iterator[str]:
    """The old version, with a label that tells what it was made from; it must be the same container afterwards."""
    labels = [f"ai-platform.environment={environment}", "ai-platform.service=embed", "ai-platform.spec=old"]
    labelled = [part for label in labels for part in ("--label", label)]
    image = recorded_references()["base"]
    old = docker("run", "--detach", *labelled, "--entrypoint", "sleep", image, "600")
    yield environment
    assert docker("container", "inspect", "--format", "{{.State.Running}}", old) == "true"
    assert docker("ps", "--all", "--quiet", "--filter", f"name={candidate(environment)}") == ""


def candidate(environment: str) -> str:
    return f"ai-platform-{environment}-embed-rehearsal"


def spec(environment: str, script: str, **change: Any) -> str:
    wanted = {
        "docker_host": None, "ssh_options": [], "environment": environment, "service": "embed",
        "image": recorded_references()["base"], "entrypoint": ["/bin/sh", "-c", script], "command": [],
        "env": ["A=b c"], "user": "65534:65534",
        "uploads": [{"file": "/run/secrets/KEY", "content": SECRET, "permissions": "0444"}],
        "scratch_paths": [], "tmpfs": {"/data": "mode=1777"}, "network": f"ai-platform-{environment}", "memory_mb": 64,
        "cpus": "0.5", "cap_drop": ["ALL"], "security_opts": ["no-new-privileges"], "healthcheck": CHECK,
        "timeout_seconds": 30,
    }  # fmt: skip
    return json.dumps({**wanted, **change})


@contextlib.contextmanager
def started(order: str, environment: str) -> "Iterator[subprocess.Popen[str]]":
    """A rehearsal whose candidate runs."""
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin
        process.stdin.write(order)
        process.stdin.close()
        deadline = time.monotonic() + 60
        while docker("inspect", "--format", "{{.State.Running}}", candidate(environment), check=False) != "true":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield process


def rehearse(order: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(COMMAND, input=order, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_a_first_version_has_nothing_to_protect(environment: str) -> None:
    done = rehearse(spec(environment, "exit 1"))
    assert (done.returncode, done.stdout) == (0, "embed: nothing to protect\n")


def test_a_working_version_passes_and_leaves_nothing(running: str) -> None:
    done = rehearse(spec(running, WORKS))
    assert (done.returncode, done.stdout) == (0, "embed: the new version works\n"), done.stderr


def test_scratch_paths_are_fresh_volumes_that_go_with_the_candidate(running: str) -> None:
    with started(spec(running, "exec sleep 600", scratch_paths=["/scratch"]), running) as process:
        volume = docker("inspect", "--format", "{{(index .Mounts 0).Name}}", candidate(running))
        assert docker("volume", "inspect", "--format", "{{.Name}}", volume) == volume
        process.terminate()
        assert process.wait(timeout=60) == 130
    assert docker("volume", "ls", "--quiet", "--filter", f"name={volume}") == ""


def test_a_live_volume_is_read_and_neither_written_nor_removed(running: str) -> None:
    volume, image = f"ai-platform-{running}-embed-models", recorded_references()["base"]
    try:
        docker("run", "--rm", "--volume", f"{volume}:/models", "--entrypoint", "touch", image, "/models/weights")
        script = f"test -f /models/weights && ! touch /models/mine && {WORKS}"
        live = [{"name": volume, "path": "/models"}]
        done = rehearse(spec(running, script, user="0:0", read_only_volumes=live).replace("= 65534", "= 0"))
        assert done.returncode == 0, done.stderr
        held = docker("run", "--rm", "--volume", f"{volume}:/models", "--entrypoint", "ls", image, "/models")
        assert held == "weights"
    finally:
        docker("volume", "rm", "--force", volume)


def test_a_version_that_ends_shows_its_log_without_secrets(running: str) -> None:
    done = rehearse(spec(running, "echo starting; echo bad key $(cat /run/secrets/KEY) >&2; exit 3"))
    assert done.returncode == 1
    assert "it ended with exit code 3" in done.stderr
    assert "starting" in done.stderr
    assert "bad key ***" in done.stderr
    assert SECRET not in done.stdout + done.stderr


def test_a_version_that_never_becomes_healthy_fails_in_time(running: str) -> None:
    started = time.monotonic()
    done = rehearse(spec(running, "exec sleep 600", timeout_seconds=4))
    assert done.returncode == 1
    assert "it was not healthy within 4 s" in done.stderr
    assert time.monotonic() - started < 60


def test_without_a_check_it_has_to_keep_running(running: str) -> None:
    assert rehearse(spec(running, "exec sleep 600", healthcheck=None)).returncode == 0
    assert rehearse(spec(running, "sleep 2; exit 1", healthcheck=None)).returncode == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_ended_rehearsal_removes_its_candidate(running: str, number: signal.Signals) -> None:
    with started(spec(running, "exec sleep 600"), running) as process:
        process.send_signal(number)
        assert process.wait(timeout=60) == 130
        assert process.stderr
        assert "Traceback" not in process.stderr.read()


def test_a_candidate_that_a_killed_run_left_is_replaced(running: str) -> None:
    labels = [f"ai-platform.environment={running}", "ai-platform.rehearsal=embed"]
    labelled = [part for label in labels for part in ("--label", label)]
    docker("create", "--name", candidate(running), *labelled, recorded_references()["base"], "sleep")
    assert rehearse(spec(running, WORKS)).returncode == 0


def test_a_container_of_that_name_that_is_not_ours_is_left_alone(running: str) -> None:
    docker("create", "--name", candidate(running), recorded_references()["base"], "sleep")
    try:
        done = rehearse(spec(running, WORKS))
        assert done.returncode == 1
        assert "is no rehearsal of embed" in done.stderr
    finally:
        docker("rm", candidate(running))


def test_what_runs_already_is_not_rehearsed_again(running: str) -> None:
    done = rehearse(spec(running, "exit 1", spec_hash="old"))
    assert (done.returncode, done.stdout) == (0, "embed: runs as specified\n")
