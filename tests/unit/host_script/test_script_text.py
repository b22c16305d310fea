"""The rendered text as a whole."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from components.host_script import Colima, Directory, HostSpec, Ollama, Package, render_script
from components.host_script.render import RUNTIME

FULL = HostSpec(
    user="admin",
    packages=(Package(formula="postgresql@16", version="16.9"),),
    directories=(Directory(path="/Users/admin/it's data", mode=0o750),),
    ollama=Ollama(bind="0.0.0.0", version="0.32.3", parallel=2),
    colima=Colima(mounts=("/Users/admin/stack",)),
    wired_limit_mb=16_000,
)
# Calls through "$@", and programs of daemons in single quotes, are meant.
MEANT = "--exclude=SC2016,SC2317"


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_finds_nothing() -> None:
    checked = subprocess.run(
        ["shellcheck", "--shell=sh", MEANT, "-"], input=render_script(FULL), capture_output=True, text=True, check=False
    )
    assert checked.stdout == ""


def test_a_script_cut_off_anywhere_does_nothing(tmp_path: Path) -> None:
    text = render_script(FULL)
    last_line = text.rindex("main ")
    for cut in [*range(0, last_line, 1499), last_line]:
        result = subprocess.run(
            ["dash", "-s", "apply"], input=text[:cut], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        # The whole script would print a report, be it that this is no Mac.
        assert result.stdout == "", f"cut at {cut}"


def test_every_function_of_a_step_is_in_the_runtime() -> None:
    library = "".join(source.read_text() for source in RUNTIME.glob("*.sh"))
    called = {line.split()[3] for line in render_script(FULL).splitlines() if line.startswith("    run_step ")}
    assert called
    assert all(f"\n{function}() {{" in library for function in called if function.startswith("step_"))


def test_the_script_is_small_enough_for_one_channel_window() -> None:
    assert len(render_script(FULL)) < 64_000
