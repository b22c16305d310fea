"""The stream that a backup is: what went in comes out, and nothing that differs passes."""

from __future__ import annotations

import io
import tarfile
from typing import IO

import pytest

from operations.backup.archive import ArchiveWriter, members
from operations.backup.manifest import Manifest, NotesFacts, Part
from operations.backup.read_back import require_equal
from operations.failure import Failure
from operations.restore.restored import checked

LONG = "folder/" * 30 + "naïve\nname"


def written(contents: dict[str, bytes]) -> tuple[Part, bytes]:
    stream = io.BytesIO()
    archive = ArchiveWriter(stream)
    archive.begin("notes/it")
    for name, content in contents.items():
        archive.add_bytes(name, content)
    part = Part(name="notes/it", service="it", facts=NotesFacts(), files=tuple(archive.files))
    archive.finish()
    return part, stream.getvalue()


def manifest(part: Part) -> Manifest:
    return Manifest(backup="one", environment="test", began="", ended="", parts=(part,))


def test_what_went_in_comes_out() -> None:
    part, data = written({"empty": b"", LONG: b"x" * 3_000_000})
    require_equal(manifest(part), io.BytesIO(data))
    found = {info.name: content.read() for info, content in checked(part, members(io.BytesIO(data)))}
    assert found == {"empty": b"", LONG: b"x" * 3_000_000}


def test_any_bit_that_differs_is_found() -> None:
    part, data = written({"one": b"a" * 3000, "two": b"b" * 3000})
    for place in [*range(512, 3512, 211), *range(4096, 7096, 211)]:
        flipped = bytearray(data)
        flipped[place] ^= 1
        with pytest.raises(Failure):
            require_equal(manifest(part), io.BytesIO(bytes(flipped)))


@pytest.mark.parametrize("kept", [0, 100, 512, 3000, 4096, 5000])
def test_a_stream_that_is_cut_off_is_found(kept: int) -> None:
    part, data = written({"one": b"a" * 3000, "two": b"b" * 3000})
    with pytest.raises(Failure, match=r"cut off|differs|missing"):
        require_equal(manifest(part), io.BytesIO(data[:kept]))
    with pytest.raises(Failure, match=r"cut off|damaged|missing"):
        for _, content in checked(part, members(io.BytesIO(data[:kept]))):
            content.read()


def test_a_file_too_many_is_found() -> None:
    part, data = written({"one": b"a", "two": b"b"})
    fewer = part.model_copy(update={"files": part.files[:1]})
    with pytest.raises(Failure, match="two"):
        require_equal(manifest(fewer), io.BytesIO(data))


def test_equal_data_makes_an_equal_archive_whatever_its_times() -> None:
    def archived(mtime: float) -> bytes:
        inner, outer = io.BytesIO(), io.BytesIO()
        with tarfile.open(fileobj=inner, mode="w") as tar:
            info = tarfile.TarInfo("./dump/1.dat")
            info.size, info.mtime = 4, mtime
            tar.addfile(info, io.BytesIO(b"rows"))
        archive = ArchiveWriter(outer)
        archive.begin("databases/shop")
        archive.add_tar(io.BytesIO(inner.getvalue()))
        archive.finish()
        assert [file.path for file in archive.files] == ["databases/shop/dump/1.dat"]
        return outer.getvalue()

    assert archived(1) == archived(1_700_000_000.5)


def test_a_source_that_ends_too_early_fails_the_backup() -> None:
    archive = ArchiveWriter(io.BytesIO())
    archive.begin("buckets/s3/it")
    short: IO[bytes] = io.BytesIO(b"half")
    with pytest.raises(Failure, match="ended before"):
        archive.add("object", 8, short)


@pytest.mark.parametrize("name", ["folder/", "é/", "long/" * 40, "trail//", "a\nb", "//x", "../up", "a/./b"])
def test_every_key_that_a_store_may_have_comes_back_as_it_was(name: str) -> None:
    part, data = written({name: b"content", "next": b""})
    require_equal(manifest(part), io.BytesIO(data))
    found = {info.name: content.read() for info, content in checked(part, members(io.BytesIO(data)))}
    assert found == {name: b"content", "next": b""}
