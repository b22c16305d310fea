"""Where models lie: the folder of a server, a folder of backups, and what a registry offers."""

import contextlib
import hashlib
import io
import json
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import IO

import pytest

from operations.failure import Failure
from operations.model_archive import Archive, Entry
from operations.model_restore import choose
from operations.model_store import ModelStore
from operations.ollama.deadline import Deadline
from operations.ollama.manifest import Manifest, parsed
from operations.ollama.names import blob_path
from operations.ollama.registry import offers

CONTENT = b"weights" * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
CONFIG = f"sha256:{'c' * 64}"
MANIFEST = json.dumps(
    {"config": {"digest": CONFIG, "size": 1}, "layers": [{"digest": f"sha256:{DIGEST}", "size": len(CONTENT)}]}
)


class Here:
    """A shell on this machine."""

    def __init__(self, folder: Path) -> None:
        self._environment = {**os.environ, "OLLAMA_MODELS": str(folder)}

    def start(self, script: str, arguments: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["sh", "-c", script, "sh", *arguments], stdin=stdin, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=self._environment)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "it's a folder"
    made.mkdir()
    return made


def store(folder: Path, seconds: float = 20) -> ModelStore:
    return ModelStore(Here(folder), Deadline(seconds), "here")


def written(store: ModelStore, tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "source"
    source.write_bytes(content)
    with source.open("rb") as file:
        store.write(blob_path(DIGEST), file, DIGEST, lambda _: None)


def test_what_is_written_can_be_read_from_any_byte_on(folder: Path, tmp_path: Path) -> None:
    written(store(folder), tmp_path, CONTENT)
    for offset in (0, 1, len(CONTENT) - 1, len(CONTENT)):
        with store(folder).reading(blob_path(DIGEST), offset) as stream:
            assert stream.read() == CONTENT[offset:]


def test_what_arrives_changed_or_cut_leaves_the_folder_as_it_was(folder: Path, tmp_path: Path) -> None:
    for wrong in (CONTENT[:-1], b""):
        with pytest.raises(Failure, match=r"here: blobs/sha256-.* arrived with the digest"):
            written(store(folder), tmp_path, wrong)
        assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_missing_file_and_a_missing_folder_are_told_apart_from_an_empty_one(folder: Path) -> None:
    assert store(folder).digest("blobs/none") is None
    with pytest.raises(Failure, match="No such file"), store(folder).reading("blobs/none") as stream:
        stream.read()
    with pytest.raises(Failure, match="missing"):
        store(folder / "missing").digest("blobs/none")


def test_damaged_names_what_is_missing_and_what_differs(folder: Path, tmp_path: Path) -> None:
    manifest = parsed("m", MANIFEST.encode())
    written(store(folder), tmp_path, CONTENT)
    assert store(folder).damaged(manifest) == [f"blobs/sha256-{'c' * 64}"]
    (folder / blob_path(DIGEST)).write_bytes(CONTENT[1:])
    assert store(folder).damaged(manifest) == [blob_path(DIGEST), f"blobs/sha256-{'c' * 64}"]


def test_a_host_that_stops_answering_is_given_up_at_the_deadline(folder: Path) -> None:
    os.mkfifo(folder / "never")
    with pytest.raises(Failure, match="not done within"), store(folder, 0.5).reading("never") as stream:
        stream.read()


@pytest.mark.parametrize("digest", ["sha256:../../etc/passwd", "md5:1", f"sha256:{'C' * 64}", ""])
def test_a_manifest_cannot_lead_out_of_the_folder_of_blobs(digest: str) -> None:
    with pytest.raises(Failure, match="which is no digest"):
        parsed("m", MANIFEST.replace(f"sha256:{DIGEST}", digest).encode())


def entry(name: str, digest: str = "1", blobs: tuple[str, ...] = (), service: str = "ollama") -> Entry:
    return Entry(service=service, name=name, digest=digest * 64, size_bytes=1, modelfile="FROM x", blobs=blobs)


def archive(folder: Path, *entries: Entry) -> Archive:
    made = Archive(folder)
    with made.locked():
        for one in entries:
            made.record(one)
    return made


def test_nothing_is_listed_before_the_first_backup_has_ended(folder: Path) -> None:
    with Archive(folder).locked():
        pass
    assert Archive(folder).entries() == []


def test_a_version_without_weights_gives_way_and_one_with_weights_stays(folder: Path) -> None:
    made = archive(folder, entry("m", "1"), entry("m", "2", ("b",)), entry("m", "3"), entry("m", "4"), entry("n", "1"))
    assert [(one.name, one.digest[0]) for one in made.entries()] == [("m", "2"), ("m", "4"), ("n", "1")]


def test_weights_stay_listed_when_their_model_is_only_listed_again(folder: Path) -> None:
    assert archive(folder, entry("m", "1", ("b",)), entry("m", "1")).entries()[0].blobs == ("b",)


def test_two_backups_cannot_write_to_one_folder_at_once(folder: Path) -> None:
    with (
        Archive(folder).locked(),
        pytest.raises(Failure, match="another backup is being written"),
        Archive(folder).locked(),
    ):
        pass


def test_the_newest_version_with_weights_is_restored_from_its_own_service_where_it_can_be(folder: Path) -> None:
    made = archive(
        folder, entry("m:1", "1", ("b",)), entry("m:1", "2", ("b",)), entry("m:1", "3"),
        entry("m:1", "4", ("b",), service="two"), entry("pulled:1"),
    )  # fmt: skip
    assert [one.digest[0] for one in choose(made, None, None)] == ["2", "4"]
    assert [one.digest[0] for one in choose(made, "ollama", "m:1")] == ["2"]
    assert [one.digest[0] for one in choose(made, "new", None)] == ["4"]
    with pytest.raises(Failure, match="does not hold the weights of pulled:1"):
        choose(made, None, "pulled:1")


def test_a_blob_is_kept_only_under_the_digest_that_it_has(folder: Path) -> None:
    @contextlib.contextmanager
    def wrong(offset: int) -> Iterator[IO[bytes]]:
        yield io.BytesIO(b"other"[offset:])

    made = archive(folder)
    with pytest.raises(Failure, match="differ from its name"):
        made.keep(DIGEST, wrong, lambda _: None)
    assert list((folder / "blobs").iterdir()) == []


class Registry(BaseHTTPRequestHandler):
    """Offers MANIFEST under one name; answers another one with what a login page would."""

    def do_GET(self) -> None:
        status, content = {
            "/v2/library/m/manifests/1b": (200, MANIFEST),
            "/v2/library/changed/manifests/1b": (200, MANIFEST.replace("c" * 64, "d" * 64)),
            "/v2/library/page/manifests/1b": (200, "<html>"),
            "/v2/library/busy/manifests/1b": (503, ""),
        }.get(self.path, (404, ""))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("model", "offered"),
    [("m:1b", True), ("changed:1b", False), ("made:1b", False), ("page:1b", None), ("busy:1b", None)],
)
def test_a_registry_offers_a_model_only_with_the_same_blobs(model: str, offered: bool | None) -> None:
    with HTTPServer(("127.0.0.1", 0), Registry) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert (
            offers(model, Manifest.model_validate_json(MANIFEST), f"http://127.0.0.1:{server.server_port}") is offered
        )
        thread.join()


def test_a_registry_that_does_not_answer_offers_nothing_for_certain() -> None:
    assert offers("m:1b", Manifest.model_validate_json(MANIFEST), "http://127.0.0.1:9") is None
