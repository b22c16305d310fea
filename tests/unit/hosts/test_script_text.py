"""The rendered text as a whole."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from hosts.directory import Directory
from hosts.mac.postgres import PostgresDatabase
from hosts.mac.spec import Account, Colima, Firewall, MacSpec, Ollama, Postgres, Redis
from hosts.mac.steps import mac_role
from hosts.package import Package
from hosts.script import render_script, runtime
from planning.firewall import Rule

FULL = MacSpec(
    user="admin",
    packages=(Package(name="postgresql@16", version="16.9"), Package(name="macmon", tap="vladkens/tap")),
    accounts=(Account(name="ada", authorized_keys=("ssh-ed25519 AAAA ada",), admin=True),),
    firewall=Firewall(ports=(Rule(service="postgres", port=5432, sources=("10.0.0.0/8", "fd00::/8")),)),
    directories=(Directory(path="/Users/admin/it's data", mode=0o750),),
    ollama=Ollama(bind="0.0.0.0", parallel=2),
    postgres=(Postgres(databases=(PostgresDatabase(name="a", role="a", secret="a", extensions=("vector",)),)),),
    redis=(Redis(),),
    colima=Colima(mounts=("/Users/admin/stack",)),
    wired_limit_mb=16_000,
)
TEXT = render_script(mac_role(FULL))
# Calls through "$@", and programs of daemons in single quotes, are meant.
MEANT = "--exclude=SC2016,SC2317"


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_finds_nothing() -> None:
    checked = subprocess.run(
        ["shellcheck", "--shell=sh", MEANT, "-"],
        input=TEXT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.stdout == ""


def test_a_script_cut_off_anywhere_does_nothing(tmp_path: Path) -> None:
    last_line = TEXT.rindex("main ")
    for cut in [*range(0, last_line, 1499), last_line]:
        result = subprocess.run(
            ["dash", "-s", "apply"], input=TEXT[:cut], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        # The whole script would print a report, be it that this is no Mac.
        assert result.stdout == "", f"cut at {cut}"


def test_every_function_of_a_step_is_in_the_runtime() -> None:
    library = runtime("mac")
    called = {line.split()[3] for line in TEXT.splitlines() if line.startswith("    run_step ")}
    assert called
    assert all(f"\n{function}() {{" in library for function in called if function.startswith("step_"))


def test_the_script_is_small_enough_for_one_channel_window() -> None:
    assert len(TEXT) < 64_000
