"""The platform itself on the real engine and the real Docker, through the scripts that its users run."""

from __future__ import annotations

import random
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.checkout import Checkout, docker

NO_CHANGES = "unchanged"


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path / "checkout")
    made.serve("redis")
    made.serve("s3")
    try:
        yield made
    finally:
        made.destroy()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """An environment that is up; tests leave it as they have found it."""
    made = Checkout(tmp_path_factory.mktemp("running") / "checkout")
    made.serve("redis")
    made.serve("s3")
    try:
        made.up()
        yield made
    finally:
        made.destroy()


def changes(said: str) -> list[str]:
    """The lines of a run's summary that tell of changes."""
    summary = said.rpartition("Resources:")[2]
    words = ("to create", "to update", "to replace", "to delete", "created", "updated", "replaced", "deleted")
    return [line.strip() for line in summary.splitlines() if any(word in line for word in words)]


def test_life_of_an_environment(checkout: Checkout) -> None:
    """Up; nothing to do twice; one change touches one service; down leaves nothing."""
    assert changes(checkout.up())
    before = checkout.containers()
    assert set(before) == {"redis", "s3"}
    assert changes(checkout.up()) == []
    assert changes(checkout.preview()) == []
    assert changes(checkout.run("pulumi", "preview", "-s", checkout.stack, "--refresh")) == []

    checkout.serve("redis", memory_mb=300, environment={"NOTE": "changed"})
    checkout.up()
    after = checkout.containers()
    assert after["s3"] == before["s3"]
    assert after["redis"] != before["redis"]

    said = checkout.run("down", "-s", checkout.stack)
    assert "kept 2 data volumes" in said, "without a terminal to ask on, data stays"
    assert changes(checkout.up()), "an environment comes up again on its kept data"
    checkout.run("down", "-s", checkout.stack, "--yes")
    label = f"label=ai-platform.environment={checkout.stack}"
    assert docker("ps", "-aq", "--filter", label) == ""
    assert docker("volume", "ls", "-q", "--filter", label) == ""
    assert docker("network", "ls", "-q", "--filter", label) == ""


def test_a_killed_up_converges_and_the_next_one_is_empty(checkout: Checkout) -> None:
    moment = random.Random()
    for _ in range(3):
        seed = moment.uniform(0.5, 9)
        process = checkout.start("up", "-s", checkout.stack, "--no-question")
        time.sleep(seed)
        docker("version")
        kill_group(process.pid)
        process.communicate(timeout=60)
        print(f"killed after {seed:.2f} s")
        said = checkout.up(code=None)
        if "cancel" in said:
            checkout.run("pulumi", "cancel", "-s", checkout.stack, "--yes")
            checkout.up()
        checkout.run("pulumi", "preview", "-s", checkout.stack, "--refresh", "--expect-no-changes")
        assert set(checkout.containers()) == {"redis", "s3"}
        checkout.run("down", "-s", checkout.stack, "--yes")


def kill_group(group: int) -> None:
    import os  # noqa: PLC0415

    os.killpg(group, signal.SIGKILL)


def test_of_two_ups_at_once_one_runs_and_the_other_names_the_holder(checkout: Checkout) -> None:
    first = checkout.start("up", "-s", checkout.stack, "--no-question")
    locks = checkout.root / ".state" / "backend" / ".pulumi" / "locks"
    wait_until(lambda: any(locks.rglob("*.json")))
    said = checkout.run("up", "-s", checkout.stack, "--no-question", code=None)
    output, _ = first.communicate(timeout=300)
    assert first.returncode == 0, output
    assert "is locked by" in said
    assert "process" in said


def test_the_lock_of_a_dead_process_is_named_with_the_command_that_clears_it(running: Checkout) -> None:
    folder = running.root / ".state" / "backend" / ".pulumi" / "locks" / "organization" / "ai-platform" / running.stack
    folder.mkdir(parents=True, exist_ok=True)
    text = f'{{"pid": 4194304, "username": "somebody", "hostname": "{socket.gethostname()}", "timestamp": "then"}}'
    (folder / "0b0e1c6e-0000-4000-8000-000000000000.json").write_text(text)
    said = running.run("up", "-s", running.stack, "--no-question", code=1)
    assert "somebody" in said
    assert f"scripts/pulumi cancel -s {running.stack} --yes" in said
    running.run("pulumi", "cancel", "-s", running.stack, "--yes")
    assert changes(running.up()) == []


def test_a_broken_image_leaves_the_old_version_serving(checkout: Checkout) -> None:
    checkout.up()
    before = checkout.containers()
    secrets = checkout.secrets()
    broken = f"ai-platform-test/{checkout.stack}:broken"
    dockerfile = (
        f"FROM {recorded(checkout, 'redis')}\n"
        'ENTRYPOINT ["/bin/sh", "-c", "cat /run/secrets/redis.conf; echo cause-of-death; exit 3"]\n'
    )
    build(checkout.root, broken, dockerfile)
    try:
        checkout.use_images({"redis": broken})
        checkout.sections["services"]["redis"]["environment"] = {"VERSION": "2"}
        checkout.write()
        break_entrypoint(checkout)
        said = checkout.run("pulumi", "up", "-s", checkout.stack, "--yes", "--skip-preview", code=None)
        assert "cause-of-death" in said
        assert checkout.containers() == before
        assert not any(secret in said for secret in secrets)
    finally:
        docker("rmi", "-f", broken)


def test_a_service_that_never_starts_ends_the_run_with_its_last_words(checkout: Checkout) -> None:
    """Nothing serves yet, so there is no rehearsal; the cause is shown, without the password beside it."""
    for file, before, after in (
        ("planning/redis.py", "appendonly yes", "appendonly perhaps"),
        ("catalogue/redis.py", "start_period=30", "start_period=1"),
        ("components/rehearsal.py", "WAIT_MARGIN_SECONDS = 30", "WAIT_MARGIN_SECONDS = 1"),
    ):
        whole = (checkout.root / file).read_text()
        assert before in whole
        (checkout.root / file).write_text(whole.replace(before, after))
    said = checkout.up(code=None)
    assert "argument must be 'yes' or 'no'" in said
    assert "its last lines" in said
    assert "requirepass ***" in said or "requirepass" not in said
    assert "error: pulumi up" in said


def break_entrypoint(checkout: Checkout) -> None:
    """The new version starts through its image's own entry point."""
    file = checkout.root / "catalogue" / "redis.py"
    file.write_text(
        file.read_text()
        .replace('entrypoint=("docker-entrypoint.sh",),', "")
        .replace('command=("redis-server", "/run/secrets/redis.conf"),', "")
    )


def build(folder: Path, tag: str, dockerfile: str) -> None:
    context = folder / "broken-image"
    context.mkdir()
    (context / "Dockerfile").write_text(dockerfile)
    docker("build", "-q", "-t", tag, str(context))


def recorded(checkout: Checkout, name: str) -> str:
    import json  # noqa: PLC0415

    reference: str = json.loads((checkout.root / ".state" / "images.json").read_text())[name]
    return reference


def test_a_port_held_by_another_process_is_named_before_anything_changes(checkout: Checkout) -> None:
    port = checkout.serve("redis")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        said = checkout.up(code=1)
    assert f"127.0.0.1:{port} (redis) is held by" in said
    assert checkout.containers() == {}


def test_a_second_checkout_does_not_take_over_what_another_has_brought_up(running: Checkout, tmp_path: Path) -> None:
    before = running.containers()
    other = Checkout(tmp_path / "other", stack=running.stack)
    other.serve("redis")
    assert "this checkout knows nothing of it" in other.up(code=1)
    assert running.containers() == before


def test_a_wrong_passphrase_is_refused_before_any_change(running: Checkout) -> None:
    before = running.containers()
    running.serve("redis", memory_mb=300)
    try:
        said = running.up(code=None, variables={"PULUMI_CONFIG_PASSPHRASE": "wrong"})
    finally:
        del running.sections["services"]["redis"]["memory_mb"]
        running.write()
    assert "passphrase" in said
    assert running.containers() == before


def test_a_cut_off_state_is_refused_with_the_way_back(running: Checkout) -> None:
    before = running.containers()
    (state,) = (running.root / ".state" / "backend" / ".pulumi" / "stacks").rglob(f"{running.stack}.json")
    whole = state.read_bytes()
    state.write_bytes(whole[: len(whole) // 2])
    said = running.up(code=None)
    assert ".bak" in said
    assert running.containers() == before
    state.write_bytes(whole)


def test_a_missing_plugin_is_put_back_by_the_next_up(running: Checkout) -> None:
    import shutil  # noqa: PLC0415

    for folder in (running.root / ".state" / "pulumi-home" / "plugins").glob("resource-random-*"):
        shutil.rmtree(folder)
    assert changes(running.up()) == []


def test_every_problem_of_a_configuration_is_told_before_anything_is_touched(checkout: Checkout) -> None:
    checkout.sections["services"]["redis"]["prot"] = 1
    checkout.sections["services"]["mlflow"] = {"host": "nowhere"}
    checkout.write()
    said = checkout.up(code=2)
    assert "did you mean `port`?" in said
    assert "services.mlflow.host = nowhere" in said
    assert checkout.containers() == {}


def test_no_secret_is_readable_outside_the_containers(checkout: Checkout) -> None:
    said = checkout.up()
    secrets = checkout.secrets()
    assert len(secrets) >= 2
    state = "".join(
        path.read_text(errors="replace") for path in (checkout.root / ".state" / "backend").rglob("*.json*")
    )
    inspected = docker("inspect", *checkout.containers().values())
    history = "".join(docker("history", "--no-trunc", reference) for reference in images_of(checkout))
    processes = "".join(
        path.read_text(errors="replace") for path in Path("/proc").glob("[0-9]*/cmdline") if readable(path)
    )
    for secret in secrets:
        for place, text in {
            "output": said, "state": state, "docker inspect": inspected,
            "image history": history, "process list": processes,
        }.items():  # fmt: skip
            assert secret not in text, f"a secret stands in {place}"


def images_of(checkout: Checkout) -> list[str]:
    return [docker("inspect", "--format", "{{.Image}}", one).strip() for one in checkout.containers().values()]


def readable(path: Path) -> bool:
    try:
        path.read_bytes()
    except OSError:
        return False
    return True


def wait_until(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)
