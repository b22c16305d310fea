"""What a rented machine is told when it is ordered."""

from __future__ import annotations

import subprocess
from pathlib import Path

import asyncssh
from hypothesis import given
from hypothesis import strategies as st

from hosts.rented.first_boot import PROGRAM, boot_command, boot_files
from hosts.rented.host_key import host_key


@given(st.text(min_size=1, max_size=80))
def test_a_secret_is_always_the_same_key_and_one_that_ssh_programs_read(secret: str) -> None:
    key = host_key(secret)
    assert host_key(secret) == key
    read = asyncssh.import_private_key(key.private)
    assert read.export_public_key().decode().split()[:2] == key.public.split()


def test_openssh_reads_the_key_and_finds_the_same_public_half(tmp_path: Path) -> None:
    key = host_key("a secret of the state")
    file = tmp_path / "ssh_host_ed25519_key"
    file.write_text(key.private)
    file.chmod(0o600)
    done = subprocess.run(["ssh-keygen", "-y", "-f", str(file)], capture_output=True, text=True, check=True, timeout=10)
    assert done.stdout.split()[:2] == key.public.split()


def test_the_private_key_stands_in_no_text_of_the_program() -> None:
    key = host_key("a secret of the state")
    assert key.private not in repr(key)


def test_the_command_runs_a_file_that_is_written_before() -> None:
    programs = [file.path for file in boot_files("ssh-ed25519 AAAA me") if file.mode == "0755"]
    assert programs == [PROGRAM]
    assert boot_command("user") == f"{PROGRAM} user"
