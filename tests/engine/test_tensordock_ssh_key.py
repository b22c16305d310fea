"""Stored keys: made once, found again after a lost answer, removed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from simulators.tensordock.faults import Fault, Kind
from tests.engine.plugin_process import PartialCreation, Refusal
from tests.engine.tensordock_rig import Killed, Rig

KINDS: list[Kind] = ["error", "error_after", "drop", "lost"]


class KeyRig(Rig):
    """The same rig with a key instead of a machine."""

    urn = "urn:pulumi:dev-inference::platform::tensordock:index:SshKey::key"
    base: ClassVar[Mapping[str, Any]] = {"publicKey": "ssh-ed25519 AAAA me@host"}


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return KeyRig(tmp_path)


def test_a_key_is_made_kept_replaced_and_removed(rig: Rig) -> None:
    assert rig.up() == "created"
    rig.refresh()
    assert rig.up() == "same"
    assert rig.up(publicKey="ssh-ed25519 BBBB me") == "replaced"
    assert [key["value"] for key in rig.account.keys.values()] == ["ssh-ed25519 BBBB me"]
    rig.destroy()
    assert rig.account.keys == {}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", range(4))
def test_faults_leave_one_key_or_none(rig: Rig, kind: Kind, at: int) -> None:
    rig.faults(Fault(kind=kind, skip=at))
    for _ in range(3):
        try:
            rig.up()
        except (Refusal, PartialCreation):
            continue
        break
    assert list(rig.account.keys) == [rig.recorded.identifier if rig.recorded else None]
    rig.faults(Fault(kind=kind, skip=at))
    rig.destroy()
    assert rig.account.keys == {}


def test_a_creation_that_was_killed_is_adopted(rig: Rig) -> None:
    rig.watch = lambda call, reply: (_ for _ in ()).throw(Killed()) if reply and call.method == "POST" else None
    with pytest.raises(Killed):
        rig.up()
    rig.watch = None
    rig.up()
    assert len(rig.account.keys) == 1


def test_a_key_that_somebody_removed_is_seen_and_does_not_hinder_a_destruction(rig: Rig) -> None:
    rig.up()
    rig.account.keys.clear()
    rig.destroy()
    rig.up()
    rig.account.keys.clear()
    rig.refresh()
    assert rig.recorded is None


@pytest.mark.parametrize("wrong", ["", "AAAA", "-----BEGIN OPENSSH PRIVATE KEY-----"])
def test_what_is_no_public_key_is_refused(rig: Rig, wrong: str) -> None:
    with pytest.raises(Refusal, match="publicKey"):
        rig.up(publicKey=wrong)
