"""Homebrew of a simulated Mac: upgrades, pins, faults, and a real PostgreSQL for which pgvector is really built."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from simulators.hosts import lifecycle
from tests.e2e.mac_machine import BREW, Mac, new_mac


@pytest.fixture(scope="module")
def mac() -> Iterator[Mac]:
    """A Mac that the tests of this file change one after the other."""
    yield from new_mac("e2e-homebrew", 2393)


def formula(mac: Mac, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(mac.ok(f"{BREW} brew info --json=v2 {name}"))["formulae"][0]
    return found


def test_an_upgrade_swaps_the_link_and_leaves_the_old_process(mac: Mac) -> None:
    older, newer = mac.ok("ls -d /opt/simulator/bottles/ollama/[0-9]* | awk -F/ '{print $NF}'").split()
    stable = "/opt/simulator/bottles/ollama/stable"
    mac.ok(f"echo {older} | sudo tee {stable}; {BREW} brew install ollama; brew pin ollama")
    mac.ok(f"echo {newer} | sudo tee {stable}")
    mac.ok("HOME=/Users/admin nohup /opt/homebrew/opt/ollama/bin/ollama serve >/tmp/ollama.log 2>&1 &")
    version = "until curl -fs http://127.0.0.1:11434/api/version; do sleep 0.1; done"
    assert json.loads(mac.ok(version)) == {"version": older}
    late = json.loads(mac.ok(f"{BREW} brew outdated --json=v2"))["formulae"]
    assert [(found["name"], found["installed_versions"], found["pinned"]) for found in late] == [
        ("ollama", [older], True)
    ]
    assert mac.shell(f"{BREW} brew outdated ollama").returncode == 1
    refused = mac.shell(f"{BREW} brew upgrade ollama")
    assert (refused.returncode, "Error: Not upgrading 1 pinned package:" in refused.stdout) == (1, True)
    assert formula(mac, "ollama")["outdated"]
    assert "To upgrade to" in mac.ok(f"{BREW} HOMEBREW_NO_INSTALL_UPGRADE=1 brew install ollama")
    mac.ok(f"{BREW} brew unpin ollama; brew upgrade ollama")
    assert mac.ok(f"{BREW} brew list --versions ollama") == f"ollama {newer}\n"
    assert json.loads(mac.ok(version)) == {"version": older}
    assert [keg["version"] for keg in formula(mac, "ollama")["installed"]] == [newer]
    assert f"version is {newer}" in mac.ok("/opt/homebrew/opt/ollama/bin/ollama --version")
    mac.ok("ps -A -o pid= -o args= | awk '/ollama serve/ && !/awk/ {print $1}' | xargs kill")


def test_homebrew_faults(mac: Mac) -> None:
    command = f"{BREW} brew install restic"
    for name, said in (
        ("brew-locked", "Error: A `brew install restic` process has already locked /opt/homebrew/Cellar/restic."),
        ("brew-download-fails", 'Error: restic: Failed to download resource "restic (0.18.1)"'),
    ):
        with mac.fault(name):
            ended = mac.shell(command)
        assert (ended.returncode, said in ended.stdout) == (1, True), ended.stdout
    with mac.fault("brew-slow", "2"):
        began = time.monotonic()
        mac.ok(command)
        assert time.monotonic() - began > 2
    with mac.fault("brew-hangs", "cloudflared"):
        waits = (
            f"{BREW} brew install cloudflared & until [ -e /opt/homebrew/var/homebrew/locks/cloudflared.formula.lock ]"
        )
        ended = mac.shell(
            f"{waits}; do sleep 0.1; done; sleep 0.3; brew install cloudflared; status=$?; kill %1; exit $status"
        )
        assert (ended.returncode, "has already locked" in ended.stdout) == (1, True), ended.stdout


def test_pgvector_is_built_from_source_for_postgresql_16(mac: Mac) -> None:
    mac.ok(f"{BREW} brew install postgresql@16 pgvector")
    assert mac.ok("ls -ld /opt/homebrew/var/postgresql@16 | awk '{print $1, $3}'") == "drwx------ admin\n"
    assert "psql" not in mac.ok("ls /opt/homebrew/bin")
    mac.ok(
        "/opt/homebrew/opt/postgresql@16/bin/pg_ctl -w -D /opt/homebrew/var/postgresql@16 -l /tmp/postgres.log start"
    )
    sql = '/opt/homebrew/opt/postgresql@16/bin/psql -d postgres -Atc "%s"'
    available = sql % "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"
    assert mac.ok(available) == ""
    assert 'extension "vector" is not available' in mac.shell(sql % "CREATE EXTENSION vector").stdout
    config = "PG_CONFIG=/opt/homebrew/opt/postgresql@16/bin/pg_config"
    mac.ok(
        f"{BREW} brew unpack pgvector --destdir /tmp/source && cd /tmp/source/pgvector-* && make clean {config}"
        f' && make {config} OPTFLAGS="" && make install {config}'
    )
    assert mac.ok(available).strip() == formula(mac, "pgvector")["versions"]["stable"]
    assert mac.ok(sql % "CREATE EXTENSION vector; SELECT '[1,2]'::vector <-> '[1,4]'") == "CREATE EXTENSION\n2\n"
    assert "already exists!" in mac.shell(f"{BREW} brew unpack pgvector --destdir=/tmp/source").stdout
    with mac.fault("no-command-line-tools"):
        assert "No developer tools were found" in mac.shell(f"make {config}").stdout
    mac.power_cut()
    lifecycle.start(mac.specification)
    # What a power cut leaves behind.
    mac.ok("test -e /opt/homebrew/var/postgresql@16/postmaster.pid")
