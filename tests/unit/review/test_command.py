"""The verb itself: what it cannot write it says, and how it ends is what it found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from operations import preview_report
from tests.unit.review.steps import CONTAINER, document, step, summary


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Path, list[str]]:
    monkeypatch.setattr(preview_report, "require_stack", lambda _: None)
    monkeypatch.setattr(preview_report, "plan", lambda _: summary())
    preview = tmp_path / "preview.json"
    preview.write_text(document(step("update", CONTAINER, "web", {"a": 1}, {"a": 2})), encoding="utf-8")
    return tmp_path, ["preview-report", "-s", "test", "--preview", str(preview)]


def test_a_comment_that_cannot_be_written_is_told_and_never_counts_as_a_change(
    reported: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, command = reported
    monkeypatch.setattr(sys, "argv", [*command, "--output", str(folder / "missing" / "comment.md")])
    assert preview_report.main() == 1
    assert "cannot be written: No such file" in capsys.readouterr().err


def test_a_comment_is_written_and_the_code_tells_of_changes(
    reported: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, command = reported
    monkeypatch.setattr(sys, "argv", [*command, "--output", str(folder / "comment.md")])
    assert preview_report.main() == 2
    assert (folder / "comment.md").read_text(encoding="utf-8").startswith("<!-- ai-platform preview: test -->")
