"""Host keys are recorded once, after they were compared, and a changed one is refused."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from operations import ssh_login
from operations import trust as trust_module
from operations.failure import Failure
from operations.trust import trust

STACK_FILE = """
config:
  ai-platform:hosts:
    mini:
      kind: mac
      address: 10.0.0.12
      cpus: 8
      memory_gb: 64
      disk_gb: 500
      ssh: {{user: admin, port: {port}, identity_file: keys/key, known_hosts_file: keys/known_hosts}}
"""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two host keys, as `ssh-keyscan` shows them behind the name."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("one", "two"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / name)]
        subprocess.run(command, check=True, timeout=30)
    return [(folder / f"{name}.pub").read_text().strip() for name in ("one", "two")]


class Host:
    """A host in a project of its own; what it shows to `ssh-keyscan` is in a file."""

    def __init__(self, root: Path, port: int) -> None:
        self.root = root
        self.place = "10.0.0.12" if port == 22 else f"[10.0.0.12]:{port}"
        self.known_hosts = root / "keys" / "known_hosts"
        (root / "Pulumi.prod.yaml").write_text(STACK_FILE.format(port=port), encoding="utf-8")

    def shows(self, key: str) -> None:
        (self.root / "shown").write_text(f"# 10.0.0.12:22 SSH-2.0-OpenSSH\n{self.place} {key}\n" if key else "")

    def records(self, text: str) -> None:
        self.known_hosts.parent.mkdir(exist_ok=True)
        self.known_hosts.write_text(text, encoding="utf-8")

    @property
    def recorded(self) -> list[str]:
        return self.known_hosts.read_text(encoding="utf-8").splitlines() if self.known_hosts.exists() else []


@pytest.fixture(params=[22, 2222])
def host(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    for module in (trust_module, ssh_login):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    programs = tmp_path / "bin"
    programs.mkdir()
    scan = programs / "ssh-keyscan"
    scan.write_text(f"#!/bin/sh\necho \"$@\" > '{tmp_path}/asked'\ncat '{tmp_path}/shown'\n", encoding="utf-8")
    scan.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return Host(tmp_path, request.param)


def test_a_compared_key_is_recorded_once(host: Host, keys: list[str]) -> None:
    host.shows(keys[0])
    for _ in range(2):
        trust("prod", "mini", compared=True)
    assert host.recorded == [f"{host.place} {keys[0]}"]
    assert "-t ed25519" in (host.root / "asked").read_text()


def test_a_changed_key_is_refused_with_both_fingerprints(host: Host, keys: list[str]) -> None:
    host.shows(keys[0])
    trust("prod", "mini", compared=True)
    host.shows(keys[1])
    with pytest.raises(
        Failure, match=r"another key(?s:.*)recorded 256 SHA256:(?s:.*)shown\s+256 SHA256:(?s:.*)keygen -R"
    ):
        trust("prod", "mini", compared=True)
    assert host.recorded == [f"{host.place} {keys[0]}"]


def test_nothing_is_recorded_without_a_terminal_unless_the_key_was_compared(host: Host, keys: list[str]) -> None:
    host.shows(keys[0])
    with pytest.raises(Failure, match="scripts/host trust mini -s prod --yes"):
        trust("prod", "mini", compared=False)
    assert host.recorded == []


def test_the_same_key_under_several_names_is_the_same_key(host: Host, keys: list[str]) -> None:
    host.records(f"muscle,{host.place} {keys[0]} of the office\n")
    host.shows(keys[0])
    trust("prod", "mini", compared=False)
    assert len(host.recorded) == 1


def test_a_record_without_an_end_of_line_stays_whole(host: Host, keys: list[str]) -> None:
    host.records(f"10.0.0.99 {keys[1]}")
    host.shows(keys[0])
    trust("prod", "mini", compared=True)
    assert host.recorded == [f"10.0.0.99 {keys[1]}", f"{host.place} {keys[0]}"]


def test_a_record_that_was_cut_off_is_shown_as_it_is(host: Host, keys: list[str]) -> None:
    host.records(f"{host.place} ssh-ed25519 AAAAC3N")
    host.shows(keys[0])
    with pytest.raises(Failure, match=r"recorded no whole key: .*AAAAC3N(?s:.*)shown\s+256 SHA256:(?s:.*)keygen -R"):
        trust("prod", "mini", compared=True)


def test_the_key_of_another_host_says_nothing_about_this_one(host: Host, keys: list[str]) -> None:
    host.records(f"10.0.0.120 {keys[1]}\n\n# a comment\n")
    host.shows(keys[0])
    trust("prod", "mini", compared=True)
    assert host.recorded[-1] == f"{host.place} {keys[0]}"


def test_a_silent_machine_is_named(host: Host) -> None:
    host.shows("")
    with pytest.raises(Failure, match=r"10\.0\.0\.12:\d+ shows no ed25519 host key"):
        trust("prod", "mini", compared=True)


def test_a_host_that_is_not_in_the_settings_is_refused(host: Host) -> None:
    with pytest.raises(Failure, match="prod has no host muscle"):
        trust("prod", "muscle", compared=True)
