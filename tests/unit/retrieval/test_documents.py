"""Which files a question is asked over."""

from pathlib import Path

import pytest

from operations.failure import Failure
from operations.retrieval.documents import MAX_BYTES, load


def test_without_names_the_readme_and_all_of_docs_are_read(tmp_path: Path) -> None:
    (tmp_path / "docs" / "adr").mkdir(parents=True)
    for name in ("README.md", "docs/guide.md", "docs/adr/0001.md", "docs/picture.txt", "other.md"):
        (tmp_path / name).write_text(name)
    sources = [document.source for document in load(tmp_path, [])]
    assert sources == ["README.md", "docs/adr/0001.md", "docs/guide.md"]


def test_a_file_elsewhere_keeps_its_whole_path_and_is_read_once(tmp_path: Path) -> None:
    root = tmp_path / "project"
    note = tmp_path / "note.txt"
    note.write_text("text\x00 with a NUL")
    (document,) = load(root, [note, tmp_path / "." / "note.txt"])
    assert document.source == str(note)
    assert document.text == "text with a NUL"
    assert not document.is_markdown


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), (b"\xff\xfe\x00", "not UTF-8"), (b"x" * (MAX_BYTES + 1), "the limit is")],
)
def test_a_file_that_cannot_be_used_is_named_with_the_cause(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "file.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Failure, match=said) as caught:
        load(tmp_path, [path])
    assert str(path) in str(caught.value)
    assert caught.value.code == 2


def test_no_documents_at_all_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="no documents"):
        load(tmp_path, [])
