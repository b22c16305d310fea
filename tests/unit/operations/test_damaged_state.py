"""A backend whose state was cut off: the engine names no file, so this does."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.damaged_state import damage

WHOLE = '{"version": 3}'


@pytest.fixture
def states(tmp_path: Path) -> Path:
    folder = tmp_path / ".pulumi" / "stacks" / "ai-platform"
    folder.mkdir(parents=True)
    (folder / "prod.json").write_text(WHOLE)
    (folder / "dev.json").write_text(WHOLE[:5])
    return folder


def test_the_damaged_file_alone_is_named_with_its_folder_its_size_and_the_way_back(
    states: Path, tmp_path: Path
) -> None:
    copy = states / "dev.json.bak"
    copy.write_text(WHOLE)
    told = damage(f"file://{tmp_path}", "ai-platform")
    assert str(states) in told
    assert "dev.json: 5 bytes" in told
    assert f"cp {copy} {states / 'dev.json'}" in told
    assert "prod.json" not in told


@pytest.mark.parametrize(("copy", "said"), [(None, "there is no dev.json.bak"), ("", "dev.json.bak is damaged too")])
def test_a_copy_that_cannot_help_is_not_offered(states: Path, tmp_path: Path, copy: str | None, said: str) -> None:
    if copy is not None:
        (states / "dev.json.bak").write_text(copy)
    told = damage(f"file://{tmp_path}", "ai-platform")
    assert said in told
    assert "cp " not in told


def test_a_backend_whose_files_are_whole_or_elsewhere_is_not_blamed(states: Path, tmp_path: Path) -> None:
    (states / "dev.json").write_text(WHOLE)
    assert damage(f"file://{tmp_path}", "ai-platform") == f"the backend is {tmp_path}"
    assert damage("s3://bucket", "ai-platform") == ""
