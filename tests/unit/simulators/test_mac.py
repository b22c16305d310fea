"""What a simulated Mac is, before there is a container."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from simulators.mac import identity as identity_module
from simulators.mac.identity import forget, identity
from simulators.mac.specification import SimulatorError, Specification, parse_publish


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
