"""The tag of an image follows from what decides its content, and from nothing else."""

from pathlib import Path

import pytest

from toolchain.image_folder import ImageFolder, ImageFolderError, read_folder, read_folders

RESOLVED = {"base": "ai-platform/base:1"}


def make_folder(parent: Path, name: str = "thing", description: str | None = None) -> Path:
    path = parent / name
    path.mkdir(parents=True)
    (path / "Dockerfile").write_text("ARG BASE\nFROM ${BASE}\n")
    if description is not None:
        (path / "image.json").write_text(description)
    return path


def tag(path: Path, **resolved: str) -> str:
    return read_folder(path, ours=True).tag({**RESOLVED, **resolved}, {})


def test_the_same_content_in_another_checkout_has_the_same_tag(tmp_path: Path) -> None:
    first, second = make_folder(tmp_path / "a"), make_folder(tmp_path / "b")
    assert tag(first) == tag(second)
    assert tag(first).startswith("ai-platform/thing:")
    assert len(tag(first).rpartition(":")[2]) == 16


def test_a_changed_file_a_new_file_and_an_executable_bit_change_the_tag(tmp_path: Path) -> None:
    path = make_folder(tmp_path)
    seen = [tag(path)]
    (path / "start.sh").write_text("exit 0\n")
    seen.append(tag(path))
    (path / "start.sh").chmod(0o755)
    seen.append(tag(path))
    (path / "start.sh").write_text("exit 1\n")
    seen.append(tag(path))
    assert len(set(seen)) == 4


def test_caches_and_the_description_s_weight_leave_the_tag_alone(tmp_path: Path) -> None:
    path = make_folder(tmp_path)
    before = tag(path)
    (path / "__pycache__").mkdir()
    (path / "__pycache__" / "x.pyc").write_text("x")
    (path / "image.json").write_text('{"weight": 9}')
    assert tag(path) == before


def test_another_base_changes_the_tag(tmp_path: Path) -> None:
    path = make_folder(tmp_path)
    assert tag(path) != tag(path, base="ai-platform/base:2")


def test_host_certificates_count_only_where_asked_for(tmp_path: Path) -> None:
    plain = read_folder(make_folder(tmp_path, "plain"), ours=True)
    asking = read_folder(make_folder(tmp_path, "asking", '{"host_certificates": true}'), ours=True)
    certificate = {"host.crt": b"PEM"}
    assert plain.tag(RESOLVED, certificate) == plain.tag(RESOLVED, {})
    assert asking.tag(RESOLVED, certificate) != asking.tag(RESOLVED, {})


def test_an_unknown_entry_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageFolderError, match=r"image\.json: unknown entries oficial"):
        read_folder(make_folder(tmp_path, description='{"oficial": "x"}'), ours=False)


def test_a_folder_without_a_dockerfile_is_no_image(tmp_path: Path) -> None:
    make_folder(tmp_path / "images", "real")
    (tmp_path / "images" / "notes").mkdir()
    assert list(read_folders(tmp_path)) == ["real"]


def test_a_name_used_twice_is_refused(tmp_path: Path) -> None:
    make_folder(tmp_path / "images", "twin")
    make_folder(tmp_path / "simulators" / "images", "twin")
    with pytest.raises(ImageFolderError, match="twin is also used by"):
        read_folders(tmp_path)


def test_every_folder_of_this_repository_can_be_read_and_names_its_digest() -> None:
    root = Path(__file__).resolve().parents[3]
    folders = read_folders(root)
    assert {"base", "postgres", "redis", "ollama", "open-webui", "s3", "mlflow"} <= set(folders)
    for folder in folders.values():
        assert_pinned(folder)


def assert_pinned(folder: ImageFolder) -> None:
    if folder.official:
        name, separator, digest = folder.official.partition("@sha256:")
        assert separator, f"{folder.name}: {folder.official} has no digest"
        assert len(digest) == 64
        assert ":" in name, f"{folder.name}: {folder.official} has no tag"
