"""A repository on another machine: a real sshd, its key, and a line that breaks in the middle of a backup."""

from __future__ import annotations

import getpass
import os
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from operations.backup.archive import ArchiveWriter
from operations.backup.listing import found
from operations.backup.manifest import NotesFacts
from operations.backup.opening import remember, repository_of
from operations.backup.read_back import read_back
from operations.backup.run import back_up
from operations.failure import Failure
from operations.ollama.deadline import Deadline
from planning.build import build
from planning.plan import Plan
from settings.load import load
from tests.e2e.cut_line import Line, line_to
from tests.engine.sshd import Sshd, running_sshd

ENVIRONMENT, SECONDS, MEGABYTES = "sftp-test", 120, 8
LOCAL = {"kind": "local", "address": "127.0.0.1", "cpus": 2, "memory_gb": 4, "disk_gb": 10}


@dataclass(frozen=True)
class Noise:
    """Bytes that nothing stores twice."""

    megabytes: int
    service: str = "noise"
    name: str = "notes/noise"

    def save(self, archive: ArchiveWriter, deadline: Deadline) -> NotesFacts:
        for number in range(self.megabytes):
            archive.add_bytes(f"{number}", os.urandom(1 << 20))
        return NotesFacts()


@dataclass(frozen=True)
class Far:
    """A repository behind a line; its settings are those of a stack file."""

    folder: Path
    line: Line
    server: Sshd

    def plan(self, **changed: str) -> Plan:
        backups = {
            "repository": f"sftp:{getpass.getuser()}@127.0.0.1:{self.folder}/repository",
            "password_file": str(self.folder / "password"), "identity_file": str(self.folder / "user"),
            "known_hosts_file": str(self.folder / "known_hosts"), "ssh_port": self.line.port, **changed,
        }  # fmt: skip
        return build(load(ENVIRONMENT, {"hosts": {"local": LOCAL}, "backups": backups}, "Pulumi.test.yaml"), {})


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Far]:
    monkeypatch.setattr("operations.project.STATE", tmp_path / "state")
    (tmp_path / "password").write_text(uuid.uuid4().hex)
    (tmp_path / "password").chmod(0o600)
    with running_sshd(tmp_path) as server, line_to(server.port) as line:
        (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{line.port} {server.host_key}\n")
        yield Far(tmp_path, line, server)


def test_a_line_that_breaks_costs_one_backup_and_no_other(far: Far) -> None:
    plan = far.plan()
    repository = repository_of(plan)
    remember(plan, repository)
    back_up(repository, ENVIRONMENT, [Noise(1)], SECONDS)
    (first,) = found(repository, ENVIRONMENT)

    far.line.cut_after = MEGABYTES << 19
    with pytest.raises(Failure, match="not stored"):
        back_up(repository, ENVIRONMENT, [Noise(MEGABYTES)], SECONDS)
    assert far.line.cut_after is None
    assert found(repository, ENVIRONMENT) == [first]
    read_back(repository, first, SECONDS)

    back_up(repository, ENVIRONMENT, [Noise(1)], SECONDS)
    assert len(found(repository, ENVIRONMENT)) == 2


def test_another_machine_or_another_key_is_no_empty_place_for_a_new_repository(far: Far) -> None:
    for name in ("other_host", "other_user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", far.folder / name], check=True)
    other = (far.folder / "other_host.pub").read_text()
    (far.folder / "other_known").write_text(f"[127.0.0.1]:{far.line.port} {other}")
    refused(far.plan(known_hosts_file=str(far.folder / "other_known")))
    refused(far.plan(identity_file=str(far.folder / "other_user")))
    assert not (far.folder / "repository").exists()


def refused(plan: Plan) -> None:
    with pytest.raises(Failure, match="is its host key in known_hosts_file"):
        remember(plan, repository_of(plan))
