"""The toolchain with the real CLI: what it installs, finds and sets."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engine.conftest import Engine
from toolchain import environment, plugin_install
from toolchain.official_site import official_site_answers
from toolchain.places import ROOT
from toolchain.plugin_install import ensure_plugins, placed_plugins, remove_stand_ins
from toolchain.plugins import needed_plugins
from toolchain.pulumi_cli import VERSION, Cli, cli_version
from toolchain.stand_ins import is_stand_in, write_launcher


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty PULUMI_HOME on a machine where the official site does not answer."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PULUMI_IGNORE_AMBIENT_PLUGINS", "true")
    monkeypatch.setattr(plugin_install, "official_site_answers", lambda: False)
    return tmp_path / "home"


def test_the_cli_has_the_version_of_the_python_sdk_or_a_newer_one(cli: Cli) -> None:
    assert cli_version(cli.path) >= tuple(map(int, VERSION.split(".")))


def test_every_plugin_is_placed_and_the_second_run_installs_nothing(home: Path, cli: Cli) -> None:
    placed = ensure_plugins(cli.path, print)
    assert {each.plugin.name for each in placed} == {"python", "command", "random", "docker", "cloudflare"}
    assert all(os.access(each.path, os.X_OK) for each in placed)
    before = {each.path: each.path.stat().st_mtime_ns for each in placed}
    assert ensure_plugins(cli.path, print) == placed
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_stand_in_never_takes_the_place_of_an_official_plugin(home: Path, cli: Cli) -> None:
    plugin = next(plugin for plugin in needed_plugins() if plugin.name == "random")
    plugin.folder.mkdir(parents=True)
    official = plugin.folder / plugin.program
    official.write_bytes(b"\x7fELF official")
    placed = {each.plugin.name: each for each in ensure_plugins(cli.path, print)}
    assert (placed["random"].origin, placed["random"].path) == ("official", official)
    remove_stand_ins(cli.path)
    assert official.read_bytes() == b"\x7fELF official"
    assert {each.origin for each in placed_plugins(cli.path) if each.plugin.kind == "resource"} >= {"missing"}


def test_an_official_plugin_of_the_users_own_home_is_linked(
    home: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolchain.plugins.USERS_OWN", tmp_path / "own")
    plugin = next(plugin for plugin in needed_plugins() if plugin.name == "docker")
    official = tmp_path / "own" / "plugins" / plugin.folder.name / plugin.program
    official.parent.mkdir(parents=True)
    official.write_bytes(b"\x7fELF official")
    write_launcher(plugin.folder / plugin.program, "docker")
    placed = {each.plugin.name: each for each in ensure_plugins(cli.path, print)}
    assert placed["docker"].origin == "official"
    assert (plugin.folder / plugin.program).resolve() == official
    assert not is_stand_in(plugin.folder / plugin.program)


def test_the_cli_lists_and_uses_the_placed_plugins_without_a_warning(engine: Engine) -> None:
    listed = engine.pulumi("plugin", "ls").stdout
    for plugin in needed_plugins():
        assert re.search(rf"{plugin.name} +{plugin.kind} +{re.escape(plugin.version)}", listed)
    engine.program("import pulumi_random; pulumi_random.RandomUuid('one')")
    assert "warning" not in engine.up().lower()


def test_the_environment_keeps_what_the_user_has_set(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://theirs")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    variables = environment.pulumi_variables()
    assert variables["PULUMI_HOME"] == str(tmp_path)
    assert not {"PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE"} & variables.keys()


def test_without_a_login_state_is_local_and_its_passphrase_is_made_once_and_private(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PULUMI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(environment, "STATE", tmp_path)
    monkeypatch.setattr(environment, "credentials_folder", lambda: None)
    first = environment.pulumi_variables()
    file = Path(first["PULUMI_CONFIG_PASSPHRASE_FILE"])
    assert file.stat().st_mode & 0o777 == 0o600
    passphrase = file.read_text()
    assert len(passphrase) >= 32
    assert environment.pulumi_variables() == first
    assert file.read_text() == passphrase
    assert list(tmp_path.glob("passphrase*")) == [file]


def test_a_login_of_the_user_is_used_in_place_of_a_local_backend(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "PULUMI_CREDENTIALS_PATH"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "credentials.json").write_text('{"current": "https://api.pulumi.com"}')
    monkeypatch.setattr("toolchain.pulumi_home.USERS_OWN", tmp_path)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    variables = environment.pulumi_variables()
    assert variables["PULUMI_CREDENTIALS_PATH"] == str(tmp_path)
    assert "PULUMI_BACKEND_URL" not in variables


def test_a_setup_with_all_in_place_takes_less_than_a_second_and_changes_nothing(cli: Cli) -> None:
    command = [sys.executable, "-m", "toolchain.setup"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=600)
    start = os.times()
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    end = os.times()
    used = (end.children_user + end.children_system) - (start.children_user + start.children_system)
    assert used < 1, f"{used:.2f} s of processor time, {time.monotonic() - began:.2f} s in all"
    assert done.stdout.startswith("Pulumi CLI: ")


def test_an_official_site_that_cannot_be_reached_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolchain.official_site.SITE", "http://127.0.0.1:1")
    official_site_answers.cache_clear()
    assert official_site_answers() is False
    official_site_answers.cache_clear()
