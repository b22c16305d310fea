"""A way to a far machine is there while it is needed, and not a moment longer."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from operations.ssh_forward import forwarded, is_free

LISTENER = """
import socket, sys, time
places = [word.split(":")[:2] for before, word in zip(sys.argv, sys.argv[1:]) if before == "-L"]
listening = [socket.create_server((address, int(port))) for address, port in places]
time.sleep(60)
"""
CUT_OFF = """
import os, sys
from operations.ssh_forward import forwarded
with forwarded((sys.executable, sys.argv[1], "target"), [11434]) as here:
    print(here[11434], flush=True)
    os._exit(9)
"""


@pytest.fixture
def login(tmp_path: Path) -> tuple[str, ...]:
    """In place of `ssh`: it listens where it is told to."""
    file = tmp_path / "listener.py"
    file.write_text(LISTENER)
    return (sys.executable, str(file), "target")


def free_before(port: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not (free := is_free(port)) and time.monotonic() < until:
        time.sleep(0.05)
    return free


def test_it_is_open_within_the_block_and_closed_after_it(login: tuple[str, ...]) -> None:
    with forwarded(login, [11434, 8333]) as here:
        assert set(here) == {11434, 8333}
        assert not any(is_free(port) for port in here.values())
    assert all(is_free(port) for port in here.values())


def test_it_closes_when_whoever_opened_it_is_killed(login: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", CUT_OFF, login[1]]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout
    assert free_before(int(said), 20)
