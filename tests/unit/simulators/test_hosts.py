"""What a simulated machine is, before there is a container."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import get_args

import pytest

from settings.host import Host
from simulators.hosts import identity as identity_module
from simulators.hosts.identity import forget, identity
from simulators.hosts.kind import KINDS, LINUX
from simulators.hosts.specification import SimulatorError, Specification, parse_publish
from toolchain.image_folder import read_folders
from toolchain.places import ROOT


def specification(
    name: str = "mini", image: str = "mac:1", publish: tuple[tuple[int, int], ...] = ((2222, 22),)
) -> Specification:
    return Specification(name=name, address="127.0.0.2", publish=publish, image=image)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(identity_module, "STATE", tmp_path)
    return tmp_path


def test_the_order_of_ports_does_not_make_another_machine() -> None:
    one = specification(publish=((2222, 22), (6379, 6379)))
    other = specification(publish=((6379, 6379), (2222, 22)))
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != specification().fingerprint
    assert one.fingerprint != specification(publish=one.publish, image="mac:2").fingerprint


@pytest.mark.parametrize(
    ("name", "image", "publish", "said"),
    [
        ("../etc", "mac:1", ((2222, 22),), "use lower-case letters"),
        ("mini", "", ((2222, 22),), "python -m toolchain.images mac"),
        ("mini", "mac:1", ((6379, 6379),), "--publish PORT:22"),
    ],
)
def test_what_cannot_be_started_is_refused_with_a_remedy(
    name: str, image: str, publish: tuple[tuple[int, int], ...], said: str
) -> None:
    with pytest.raises(SimulatorError, match=said):
        specification(name, image, publish)


def test_every_kind_is_one_of_the_settings_and_has_an_image() -> None:
    kinds = get_args(Host.model_fields["kind"].annotation)
    images = read_folders(ROOT)
    assert set(KINDS) <= set(kinds)
    assert set(KINDS) <= set(images)


def test_the_image_that_is_missing_is_that_of_the_kind() -> None:
    with pytest.raises(SimulatorError, match=r"python -m toolchain\.images linux"):
        Specification(name="box", address="127.0.0.2", publish=((2222, 22),), image="", kind=LINUX)


@pytest.mark.parametrize("text", ["22", "a:b", "2222:22:3", "", "65536:22", "0:22"])
def test_a_port_pair_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SimulatorError, match="2222:22"):
        parse_publish(text)


def test_keys_are_made_once_and_only_their_owner_can_read_them(state: Path) -> None:
    first = identity("mini", "127.0.0.2", 2222)
    key = first.client_key.read_bytes()
    again = identity("mini", "127.0.0.9", 2200)
    assert again.client_key.read_bytes() == key
    modes = {path.name: path.stat().st_mode & 0o777 for path in (again.client_key, again.host_key, state / "mini")}
    assert modes == {"id_ed25519": 0o600, "host_key": 0o600, "mini": 0o700}
    known = subprocess.run(
        ["ssh-keygen", "-F", "[127.0.0.9]:2200", "-f", again.known_hosts], capture_output=True, text=True, check=True
    )
    assert again.host_public_key in known.stdout


def test_keys_that_were_left_half_made_are_made_anew(state: Path) -> None:
    (state / "mini").mkdir()
    (state / "mini" / "id_ed25519").write_text("half a key")
    made = identity("mini", "127.0.0.2", 2222)
    assert made.client_key.with_suffix(".pub").read_text().startswith("ssh-ed25519 ")


def test_forgetting_twice_is_no_error(state: Path) -> None:
    identity("mini", "127.0.0.2", 2222)
    forget("mini")
    forget("mini")
    assert list(state.iterdir()) == []
