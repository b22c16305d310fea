"""The provider of certificates under the real CLI, found by its path."""

import json
import os
import re
from typing import Any

import pytest

from tests.engine.conftest import STACK, Engine
from toolchain.places import ROOT

PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import pulumi
from components.authority import Authority
config = pulumi.Config()
authority = Authority("authority")
issued = authority.issue("postgres", config.require_object("names"))
pulumi.export("authority", authority.certificate_pem)
pulumi.export("certificate", issued.certificate_pem)
pulumi.export("key", issued.key_pem)
"""


@pytest.fixture
def certified(engine: Engine) -> Engine:
    engine.program(PROGRAM)
    project = engine.folder / "Pulumi.yaml"
    path = os.path.relpath(ROOT / "providers" / "certificates", engine.folder)
    project.write_text(f"{project.read_text()}plugins:\n  providers:\n  - {{name: certificates, path: {path}}}\n")
    names(engine, "postgres")
    return engine


def names(engine: Engine, *given: str) -> None:
    engine.configure("names", json.dumps(given))


def counts(said: str) -> dict[str, int]:
    return {what: int(number) for number, what in re.findall(r"(\d+) (created|updated|replaced|unchanged)", said)}


def aged(engine: Engine, name: str) -> None:
    """The recorded certificate expires within days."""
    state: dict[str, Any] = json.loads(engine.pulumi("stack", "export", "-s", STACK).stdout)
    for each in state["deployment"]["resources"]:
        if each["urn"].endswith(f"::{name}") and "expires" in each.get("outputs", {}):
            each["outputs"]["expires"] = "2026-01-02T03:04:05+00:00"
    file = engine.folder / "state.json"
    file.write_text(json.dumps(state))
    engine.pulumi("stack", "import", "-s", STACK, "--file", str(file))


def test_certificates_live_through_previews_updates_refreshes_and_renewals(certified: Engine) -> None:
    assert "PRIVATE KEY" not in certified.preview()
    assert "PRIVATE KEY" not in certified.up()
    made = certified.outputs()
    exported = certified.pulumi("stack", "export", "-s", STACK).stdout
    assert "PRIVATE KEY" not in exported and "BEGIN CERTIFICATE" in exported

    certified.pulumi("preview", "-s", STACK, "--expect-no-changes")
    certified.pulumi("refresh", "-s", STACK, "--yes", "--skip-preview", "--expect-no-changes")
    certified.pulumi("up", "-s", STACK, "--yes", "--skip-preview", "--expect-no-changes")
    assert certified.outputs() == made

    names(certified, "postgres", "10.0.0.5")
    assert counts(certified.up()) == {"updated": 1, "unchanged": 3}
    wider = certified.outputs()
    assert wider["authority"] == made["authority"]
    assert wider["certificate"] != made["certificate"] and wider["key"] != made["key"]

    aged(certified, "authority-postgres")
    assert re.search(r"~ certificates:index:Certificate.*\n.*\n.*authority-postgres", certified.preview())
    assert counts(certified.up()) == {"updated": 1, "unchanged": 3}
    assert certified.outputs()["authority"] == made["authority"]
    assert certified.outputs()["certificate"] != wider["certificate"]

    aged(certified, "authority")
    assert counts(certified.up()) == {"updated": 2, "unchanged": 2}
    assert certified.outputs()["authority"] != made["authority"]
    certified.pulumi("preview", "-s", STACK, "--expect-no-changes")
    certified.destroy()
