"""What of an image has to travel, whether it fits, and when two engines hold the same one."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from components.docker_host import DELIVERY_SECONDS
from operations.deliver_image import SECONDS
from operations.docker_cli import DockerCli
from operations.failure import Failure
from operations.image_delivery.facts import CONTAINERD, ImageFacts, image_facts, layers_held
from operations.image_delivery.landing import Disk
from operations.image_delivery.login import Login
from operations.image_delivery.packing import without_layers
from operations.image_delivery.transfer import SPARE, missing_room

FACTS = ImageFacts(identifier="sha256:1", platform="linux/amd64", layers=("a", "b"), size=1, content="what it is")
HOME, ENGINE = Disk(mount="/", free=10**9), Disk(mount="/var/lib/docker", free=10**9)


class Engine(DockerCli):
    """Answers from a table: the first words of a command, and what is printed."""

    def __init__(self, answers: dict[str, str], stderr: str = "") -> None:
        super().__init__("ssh://admin@10.0.0.12:22", {})
        self._answers, self._stderr = answers, stderr

    def attempt(
        self, *arguments: str, stdin: bytes | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[bytes]:
        said = self._answers.get(" ".join(arguments[:2]))
        return subprocess.CompletedProcess(arguments, said is None, (said or "").encode(), self._stderr.encode())


def engine(*images: list[str] | None, status: str = "[]") -> Engine:
    listed = "\n".join(str(number) for number, _ in enumerate(images))
    layers = "\n".join(json.dumps(image) for image in images)
    return Engine({"info --format": status, "image ls": listed, "image inspect": layers})


@pytest.mark.parametrize(
    ("images", "held"),
    [
        ([], 0),
        ([["x", "a", "b"]], 0),
        ([["a"], ["a", "b", "x"], ["a", "y"]], 2),
        ([["a", "b", "c", "d"]], 3),
        ([None, ["a"]], 1),
    ],
)
def test_layers_count_as_held_from_the_lowest_on_only(images: list[list[str] | None], held: int) -> None:
    """An engine knows a layer by all that lies below it."""
    assert layers_held(engine(*images), ("a", "b", "c")) == held


def test_an_engine_with_another_image_store_gets_every_layer() -> None:
    assert layers_held(engine(["a", "b"], status=f'[["driver-type","{CONTAINERD}.v1"]]'), ("a", "b")) == 0


def test_one_image_has_two_identifiers_in_two_kinds_of_engines() -> None:
    assert FACTS.same_as(replace(FACTS, identifier="sha256:2"))
    assert FACTS.same_as(replace(FACTS, content="spelled otherwise"))
    assert not FACTS.same_as(replace(FACTS, identifier="sha256:2", content="something else"))
    assert not FACTS.same_as(None)


def test_an_engine_that_cannot_be_asked_is_not_one_without_the_image() -> None:
    assert image_facts(Engine({}, "Error response from daemon: No such image: x"), "x") is None
    with pytest.raises(Failure, match=r"ssh://admin@10\.0\.0\.12:22 cannot say whether it has x: .*unreachable"):
        image_facts(Engine({}, "error during connect: unreachable"), "x")


def test_a_layer_that_a_higher_one_links_to_is_not_left_out() -> None:
    manifest = json.dumps([{"Layers": ["1/layer.tar", "2/layer.tar", "3/layer.tar"]}]).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        link = tarfile.TarInfo("3/layer.tar")
        link.type, link.linkname = tarfile.SYMTYPE, "../1/layer.tar"
        archive.addfile(link)
        member = tarfile.TarInfo("manifest.json")
        member.size = len(manifest)
        archive.addfile(member, io.BytesIO(manifest))
    packed.seek(0)
    with tarfile.open(fileobj=packed) as archive:
        assert without_layers(archive, 0) == set()
        assert without_layers(archive, 2) == {"2/layer.tar"}
        assert without_layers(archive, 3) == {"1/layer.tar", "2/layer.tar", "3/layer.tar"}


def test_a_full_disk_is_named_with_what_is_missing() -> None:
    assert missing_room(10**8, 10**8, HOME, ENGINE) == []
    assert missing_room(10**9, 10**8, HOME, None) == ["/ has 1.0 GB left, and needs 1.2 GB"]
    assert missing_room(10**8, 10**9, HOME, ENGINE) == ["/var/lib/docker has 1.0 GB left, and needs 2.2 GB"]


def test_one_disk_for_both_has_to_hold_both() -> None:
    both = replace(ENGINE, mount="/")
    half = (10**9 - SPARE) // 3
    assert missing_room(half, half, HOME, both) == []
    assert missing_room(half + 10, half, HOME, both) != []


def test_an_address_without_ssh_is_refused() -> None:
    with pytest.raises(Failure, match="is not reached over SSH"):
        Login("tcp://10.0.0.12:2375", ())


def test_the_engine_does_not_end_a_delivery_before_its_own_deadline() -> None:
    assert DELIVERY_SECONDS > SECONDS


def test_key_files_of_a_pushed_image_do_not_depend_on_the_working_folder() -> None:
    from operations.image_push import push_spec  # noqa: PLC0415

    spec = push_spec("prod", "brain", "some:1")
    identity = spec.ssh_options[spec.ssh_options.index("-i") + 1]
    assert Path(identity).is_absolute()
    assert (spec.image, spec.docker_host.startswith("ssh://")) == ("some:1", True)
    with pytest.raises(Failure, match=r"prod has no host nobody .* \(known: brain, gate, muscle, storage\)"):
        push_spec("prod", "nobody", "some:1")
