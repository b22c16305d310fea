"""scripts/deliver-image to a real engine behind a real sshd, with cut connections, killed senders and damaged files."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from operations import deliver_image
from operations.deliver_image import DeliverySpec
from operations.failure import Failure
from tests.e2e.far_engine import FarEngine, far_engine
from tests.e2e.made_image import MACHINE, layer, load_image
from tests.engine.checkout import Checkout

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "operations.deliver_image"]
HERE = MACHINE[platform.machine()]
FOLDER = ".cache/ai-platform/deliveries"
CUT = 20_000_000
SSH = """#!/bin/sh
# The real client; the first connection that sends a file ends after some bytes, and then STAYS or is gone.
case $* in *'exec dd of='*)
    if mkdir "$CUT_MARK" 2>/dev/null; then
        head -c {bytes} | PATH=${{PATH#*:}} ssh "$@"
        touch "$CUT_MARK/done"
        {then}
    fi ;;
esac
PATH=${{PATH#*:}} exec ssh "$@"
"""


@pytest.fixture(scope="module")
def far() -> Iterator[FarEngine]:
    with far_engine("e2e-delivery", "127.0.0.9") as engine:
        yield engine


class Sender:
    """Deliveries from this machine, with a cache folder of their own."""

    def __init__(self, far: FarEngine, folder: Path) -> None:
        self.far, self.folder, self.made = far, folder, list[str]()
        self.cache = folder / "cache"

    def image(self, *layers: bytes, architecture: str = HERE) -> str:
        reference = f"e2e-delivery-{uuid.uuid4().hex[:8]}:1"
        load_image(reference, layers, architecture)
        self.made.append(reference)
        return reference

    def spec(self, image: str) -> DeliverySpec:
        return DeliverySpec(image=image, docker_host=self.far.url, ssh_options=list(self.far.options))

    def start(self, image: str, ssh: str = "") -> subprocess.Popen[str]:
        """Starts a delivery, with this program as `ssh` where one is given."""
        variables = {**os.environ, "XDG_CACHE_HOME": str(self.cache), "CUT_MARK": str(self.folder / "mark")}
        if ssh:
            program = self.folder / "bin" / "ssh"
            program.parent.mkdir(exist_ok=True)
            program.write_text(ssh)
            program.chmod(0o755)
            variables["PATH"] = f"{program.parent}:{os.environ['PATH']}"
        process = subprocess.Popen(
            COMMAND, cwd=ROOT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, process_group=0,
        )  # fmt: skip
        assert process.stdin
        process.stdin.write(self.spec(image).model_dump_json())
        process.stdin.close()
        process.stdin = None
        return process

    def deliver(self, image: str, ssh: str = "", code: int = 0) -> str:
        process = self.start(image, ssh)
        said, _ = process.communicate(timeout=180)
        assert process.returncode == code, said
        return said

    def killed(self, image: str) -> None:
        """A delivery whose sender is killed after some bytes."""
        process = self.start(image, SSH.format(bytes=CUT, then="exec sleep 600"))
        deadline = time.monotonic() + 60
        while not (self.folder / "mark" / "done").exists():
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=10)

    def left(self) -> list[str]:
        """Files that deliveries have left on either side."""
        here = [path.name for path in (self.cache / "ai-platform" / "deliveries").iterdir() if path.name != ".lock"]
        return here + self.far.shell(f"ls -A {FOLDER}").split()


@pytest.fixture
def sender(far: FarEngine, tmp_path: Path) -> Iterator[Sender]:
    sender = Sender(far, tmp_path)
    yield sender
    if sender.made:
        subprocess.run(["docker", "image", "rm", *sender.made], capture_output=True, timeout=60, check=True)
    held = far.docker("image", "ls", "--quiet").split()
    if held:
        far.docker("image", "rm", "--force", *sorted(set(held)))
    far.shell(f"rm -rf {FOLDER}")


def identifier(image: str) -> str:
    command = ["docker", "image", "inspect", "--format", "{{.Id}}", image]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.strip()


def far_identifier(far: FarEngine, image: str) -> str:
    return far.docker("image", "inspect", "--format", "{{.Id}}", image)


def test_an_image_arrives_whole_and_leaves_nothing_behind(sender: Sender) -> None:
    image = sender.image(layer("a", 1_000_000), layer("b", 1_000_000))
    said = sender.deliver(image)
    assert "(100%)" in said and " MB/s" in said
    assert said.endswith(f"{image} is delivered\n")
    assert far_identifier(sender.far, image) == identifier(image)
    assert sender.left() == []
    assert sender.deliver(image) == f"{image} is already there\n"


def test_only_layers_that_are_not_there_are_sent(sender: Sender) -> None:
    ground = layer("ground", 30_000_000)
    sender.deliver(sender.image(ground))
    image = sender.image(ground, layer("top", 500_000))
    said = sender.deliver(image)
    assert "1 of 2 layers are there" in said
    assert " of 0.5 MB" in said
    assert far_identifier(sender.far, image) == identifier(image)


def test_a_cut_connection_goes_on_where_it_stopped(sender: Sender) -> None:
    image = sender.image(layer("cut", 60_000_000))
    said = sender.deliver(image, SSH.format(bytes=CUT, then="exit 255"))
    assert "trying again" in said
    assert f"{CUT / 1e6:.1f} MB are there already" in said
    assert far_identifier(sender.far, image) == identifier(image)
    assert sender.left() == []


def test_a_killed_sender_is_carried_on_by_the_next_run(sender: Sender) -> None:
    image = sender.image(layer("killed", 60_000_000))
    sender.killed(image)
    assert len(sender.left()) == 2
    said = sender.deliver(image)
    assert f"{CUT / 1e6:.1f} MB are there already" in said
    assert far_identifier(sender.far, image) == identifier(image)
    assert sender.left() == []


def test_a_damaged_rest_is_found_and_sent_anew(sender: Sender) -> None:
    image = sender.image(layer("damaged", 60_000_000))
    sender.killed(image)
    name = sender.far.shell(f"ls {FOLDER}")
    sender.far.shell(f"echo damaged | dd of={FOLDER}/{name} seek=1000 conv=notrunc")
    assert "sending it anew" in sender.deliver(image)
    assert far_identifier(sender.far, image) == identifier(image)
    assert sender.left() == []


def test_two_deliveries_at_once_do_each_other_no_harm(sender: Sender) -> None:
    image = sender.image(layer("twice", 60_000_000))
    with ThreadPoolExecutor() as pool:
        said = list(pool.map(sender.deliver, [image] * 3))
    assert all("is delivered" in one or "is already there" in one for one in said)
    assert far_identifier(sender.far, image) == identifier(image)
    assert sender.left() == []


def test_both_sides_with_zstd_use_it(sender: Sender) -> None:
    machine = sender.far.specification.container
    zstd = subprocess.run(["which", "zstd"], capture_output=True, text=True, timeout=10, check=False).stdout.strip()
    if not zstd:
        pytest.skip("there is no zstd on this machine")
    sender.killed(sender.image(layer("gzip", 30_000_000)))
    assert all(name.endswith(".tar.gz") for name in sender.left())
    subprocess.run(["docker", "cp", "-L", zstd, f"{machine}:/opt/homebrew/bin/zstd"], timeout=60, check=True)
    (sender.folder / "mark" / "done").unlink()
    (sender.folder / "mark").rmdir()
    image = sender.image(layer("zstd", 30_000_000))
    sender.killed(image)
    assert sum(name.endswith(".tar.zst") for name in sender.left()) == 2
    sender.deliver(image)
    subprocess.run(["docker", "exec", machine, "rm", "/opt/homebrew/bin/zstd"], timeout=60, check=True)
    assert far_identifier(sender.far, image) == identifier(image)


def test_an_engine_that_wants_all_layers_gets_them(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    image = sender.image(layer("gone", 100_000), layer("left", 100_000))
    monkeypatch.setattr(deliver_image, "layers_held", lambda *_: 1)
    monkeypatch.setenv("XDG_CACHE_HOME", str(sender.cache))
    deliver_image.deliver(sender.spec(image))
    assert far_identifier(sender.far, image) == identifier(image)
    assert sender.left() == []


def test_an_image_for_another_processor_is_refused_before_anything_is_sent(sender: Sender) -> None:
    other = {"amd64": "arm64", "arm64": "amd64"}[HERE]
    image = sender.image(layer("other", 1000), architecture=other)
    said = sender.deliver(image, code=1)
    assert f"{image} is built for linux/{other}, and the engine at {sender.far.url} runs linux/{HERE}" in said
    assert "services.<name>.image" in said


def test_a_host_that_does_not_answer_is_not_taken_for_an_empty_one(sender: Sender) -> None:
    image = sender.image(layer("silent", 1000))
    spec = sender.spec(image).model_copy(update={"docker_host": "ssh://admin@127.0.0.9:9"})
    with pytest.raises(Failure, match="cannot say whether it has"):
        deliver_image.deliver(spec)


def test_an_image_is_pushed_by_hand_to_a_host_of_the_stack_file(sender: Sender) -> None:
    options = sender.far.options
    files = {
        "identity_file": options[options.index("-i") + 1],
        "known_hosts_file": next(one.partition("=")[2] for one in options if one.startswith("UserKnownHostsFile=")),
    }
    checkout = Checkout(sender.folder / "checkout")
    checkout.sections["hosts"]["mini"] = {
        "kind": "mac", "address": sender.far.specification.address, "cpus": 2, "memory_gb": 16, "disk_gb": 60,
        "ssh": {"user": "admin", "port": sender.far.specification.ssh_port, **files},
    }  # fmt: skip
    checkout.write()
    image = sender.image(layer("pushed", 1000))
    said = checkout.run("image-push", image, "mini", "-s", checkout.stack)
    assert said.endswith(f"{image} is delivered\n")
    assert far_identifier(sender.far, image) == identifier(image)


def test_rests_of_a_week_ago_are_removed(sender: Sender) -> None:
    sender.far.shell(f"mkdir -p {FOLDER} && touch -d '8 days ago' {FOLDER}/old && touch {FOLDER}/new")
    sender.deliver(sender.image(layer("stale", 1000)))
    assert sender.left() == ["new"]


def test_what_is_not_on_this_machine_is_named_with_the_way_out(sender: Sender) -> None:
    said = sender.deliver("e2e-delivery-none:1", code=1)
    assert json.dumps(said).count("e2e-delivery-none:1 is not on this machine") == 1
    assert "-> make images" in said
