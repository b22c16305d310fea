"""A rented machine is found under one name, wherever it is after a start."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hosts import ssh_config
from hosts.ssh_config import Place


def place(address: str = "198.51.100.7", port: int = 20022) -> Place:
    return Place(
        stack="dev-inference",
        host="inference",
        address=address,
        port=port,
        user="user",
        identity_file=".state/a key",
        host_key="ssh-ed25519 AAAA",
    )


def as_ssh_reads(root: Path) -> dict[str, str]:
    file = root / ssh_config.config_file("dev-inference", "inference")
    command = ["ssh", "-G", "-F", str(file), "inference.dev-inference"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.splitlines()
    return dict(line.split(" ", 1) for line in lines if " " in line)


def test_ssh_takes_the_alias_for_the_present_address_and_pins_the_key(tmp_path: Path) -> None:
    ssh_config.write(tmp_path, place())
    read = as_ssh_reads(tmp_path)
    assert (read["hostname"], read["port"], read["user"]) == ("198.51.100.7", "20022", "user")
    assert read["identityfile"] == str(tmp_path / ".state/a key")
    assert read["stricthostkeychecking"] == "true"
    assert read["hostkeyalias"] == "inference.dev-inference"
    known = (tmp_path / ssh_config.known_hosts_file("dev-inference", "inference")).read_text()
    assert known == "inference.dev-inference,[198.51.100.7]:20022 ssh-ed25519 AAAA\n"


def test_another_address_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    ssh_config.write(tmp_path, place())
    ssh_config.write(tmp_path, place("198.51.100.8", 22))
    assert as_ssh_reads(tmp_path)["hostname"] == "198.51.100.8"
    folder = tmp_path / ssh_config.config_file("dev-inference", "inference").parent
    assert sorted(file.name for file in folder.iterdir()) == ["known_hosts", "ssh_config"]
