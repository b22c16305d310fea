"""Advice after a failed deployment, and environments of pull requests."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from operations import deploy
from operations.failure import Failure
from operations.review_environment import reduced
from review.advice import advice
from settings.stack_file import read
from toolchain.places import ROOT


def test_advice_tells_the_cause_the_state_and_both_ways_on() -> None:
    text = advice("prod", "ports are taken, nothing was changed", "abc1234")
    assert "Nothing was changed" in text
    assert "git revert --no-edit abc1234..HEAD" in text and "scripts/deploy -s prod" in text
    assert "git revert COMMIT" in advice("prod", "it broke", None)


def test_advice_cannot_be_broken_out_of() -> None:
    assert "````text" in advice("prod", "```\n# heading", None)


def test_a_failed_deployment_ends_as_up_does_and_writes_the_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise Failure("pulumi up of dev failed", "read the message above", 7)

    monkeypatch.setattr(deploy, "up", failing)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert deploy.deploy("dev", None) == 7
    assert "pulumi up of dev failed" in (tmp_path / "summary.md").read_text()
    assert "pulumi up of dev failed" in capsys.readouterr().err


def test_a_review_environment_has_the_local_services_on_an_address_of_its_own(tmp_path: Path) -> None:
    document = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())
    (tmp_path / "Pulumi.review-7.yaml").write_text(yaml.safe_dump(reduced(document, 7)))
    found = read(tmp_path, "review-7").environment
    assert {host.kind for host in found.hosts.values()} == {"local"}
    assert set(found.services) == set(read(ROOT, "dev").environment.services) - {"ollama-mini", "redis-mini", "tunnel"}
    assert found.hosts["local"].address == "127.200.0.8"


def test_pull_requests_have_different_addresses() -> None:
    document = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())
    found = {reduced(document, number)["config"]["ai-platform:hosts"]["local"]["address"] for number in range(1, 2000)}
    assert len(found) == 1999


def test_an_environment_without_local_services_is_refused() -> None:
    document = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())
    with pytest.raises(Failure, match="no service of it runs on this machine"):
        reduced(document, 7)
