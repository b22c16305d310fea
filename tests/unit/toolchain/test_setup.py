"""The one line in which a run tells what it uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolchain.plugin_install import Placed
from toolchain.plugins import Plugin
from toolchain.pulumi_cli import Cli
from toolchain.setup import summary


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    program = tmp_path / "pulumi"
    program.write_text("#!/bin/sh\necho v3.250.0\n")
    program.chmod(0o755)
    return Cli(program, "built")


def placed(**origins: str) -> list[Placed]:
    return [Placed(Plugin("resource", name, "1.0.0"), origin, Path("/there")) for name, origin in origins.items()]


@pytest.mark.parametrize(
    ("plugins", "told"),
    [
        (placed(random="official", docker="official"), "official plugins"),
        (placed(random="stand-in", docker="official", command="stand-in"), "stand-ins for: random, command"),
        (placed(random="stand-in", docker="missing"), "stand-ins for: random; missing: docker"),
    ],
)
def test_only_what_is_not_official_is_named(cli: Cli, plugins: list[Placed], told: str) -> None:
    assert summary(cli, plugins) == f"Pulumi 3.250.0 (built); {told}"
