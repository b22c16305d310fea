"""A small file that cannot be used is as good as none, and says so: what needs it goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.gpu.small_file import SmallFile


@pytest.mark.parametrize("content", ['{"a": 1', "[1]", "\x00"])
def test_what_is_no_object_counts_as_empty(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file.json").write_text(content)
    assert SmallFile(tmp_path / "file.json").read() == {}
    assert "cannot be read" in capsys.readouterr().err


def test_a_file_that_may_not_be_used_keeps_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # What is a folder is refused to everybody, as another user's file is to others.
    (tmp_path / "file.json").mkdir()
    file = SmallFile(tmp_path / "file.json")
    assert file.read() == {}
    file.change(lambda found: {**found, "a": 1})
    said = capsys.readouterr().err
    assert "cannot be read" in said and "cannot be written" in said
    assert [path.name for path in tmp_path.iterdir() if path.suffix not in (".json", ".lock")] == []
