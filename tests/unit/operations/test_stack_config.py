"""The engine's private copy of a stack file."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.stack_config import is_private, private_copy, with_salt

TRACKED = "config:\n  ai-platform:services:\n    redis: {host: local}\n"
SALT = "encryptionsalt: v1:abc:v1:def\n"


@pytest.fixture
def tracked(tmp_path: Path) -> Path:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(TRACKED, encoding="utf-8")
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "stacks"
    made.mkdir()
    return made


def test_the_copy_keeps_its_salt_and_follows_the_tracked_file(tracked: Path, folder: Path) -> None:
    copy = private_copy(tracked, folder)
    assert copy.read_text() == TRACKED
    copy.write_text(f"{SALT}config: {{}}\n", encoding="utf-8")
    tracked.write_text(TRACKED + "  ai-platform:models: {chat: other}\n", encoding="utf-8")
    for _ in range(2):
        assert private_copy(tracked, folder).read_text() == tracked.read_text() + SALT


def test_the_tracked_file_is_never_written(tracked: Path, folder: Path) -> None:
    before = tracked.stat()
    copy = private_copy(tracked, folder)
    copy.write_text(copy.read_text() + SALT, encoding="utf-8")
    private_copy(tracked, folder)
    assert tracked.stat() == before or tracked.read_text() == TRACKED
    assert tracked.stat().st_mtime_ns == before.st_mtime_ns


def test_a_file_without_an_end_of_line_or_with_a_byte_order_mark_is_copied_whole(tracked: Path, folder: Path) -> None:
    tracked.write_bytes(b"\xef\xbb\xbf" + TRACKED.rstrip("\n").encode())
    (folder / tracked.name).write_text(SALT, encoding="utf-8")
    assert private_copy(tracked, folder).read_text(encoding="utf-8") == TRACKED + SALT


@pytest.mark.parametrize("own", [SALT, "encryptedkey: abc\n", "secretsprovider: awskms://key\n"])
def test_a_stack_with_encryption_of_its_own_gets_no_copy(tracked: Path, own: str) -> None:
    assert is_private(tracked)
    tracked.write_text(own + TRACKED, encoding="utf-8")
    assert not is_private(tracked)


@pytest.mark.parametrize("text", [TRACKED, TRACKED + SALT, SALT + TRACKED + SALT, TRACKED.rstrip("\n"), ""])
def test_a_new_salt_takes_the_place_of_all_others(text: str) -> None:
    new = "encryptionsalt: v1:new:v1:new"
    salted = with_salt(text, new)
    assert [line for line in salted.splitlines() if line.startswith("encryptionsalt")] == [new]
    assert with_salt(salted, "").strip() == (TRACKED.strip() if text else "")


def test_a_setting_that_only_sounds_like_encryption_changes_nothing(tracked: Path) -> None:
    tracked.write_text(TRACKED + "  ai-platform:secrets: {encryptionsalt: x}\n# encryptionsalt: none\n")
    assert is_private(tracked)
