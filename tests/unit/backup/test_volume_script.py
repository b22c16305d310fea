"""A volume of a service that runs: its databases of one moment, its files as they are, and what is gone is no fault."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sqlite3
import subprocess
import tarfile
from pathlib import Path

import pytest

from operations.backup.sources.volume import WITH_SQLITE

NAMES = ("webui.db", "vector_db/chroma.sqlite3", "missing.db")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    (made / "uploads").mkdir(parents=True)
    (made / "vector_db").mkdir()
    (made / "uploads" / "a.txt").write_text("a", encoding="utf-8")
    (made / "link").symlink_to("uploads")
    return made


def saved(folder: Path, **variables: str) -> tarfile.TarFile:
    done = subprocess.run(
        ["sh", "-c", WITH_SQLITE, "sh", str(folder), *NAMES],
        env={"PATH": os.environ["PATH"], **variables}, capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    return tarfile.open(fileobj=io.BytesIO(done.stdout))


def test_every_database_is_of_one_moment_and_every_other_file_is_there_once(folder: Path, tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        for name in NAMES[:2]:
            live = stack.enter_context(contextlib.closing(sqlite3.connect(folder / name)))
            live.execute("pragma journal_mode = wal")
            live.execute("create table t (x)")
            live.execute("insert into t values (1)")
            live.commit()
        tar = stack.enter_context(saved(folder))
        names = [one.removeprefix("./") for one in tar.getnames()]
        assert sorted(names) == sorted([".", "uploads", "uploads/a.txt", "vector_db", "link", *NAMES[:2]])
        tar.extractall(tmp_path / "back", filter="data")
    for name in NAMES[:2]:
        with contextlib.closing(sqlite3.connect(tmp_path / "back" / name)) as copy:
            assert copy.execute("select x from t").fetchall() == [(1,)]


def test_a_file_that_its_service_removes_meanwhile_does_not_cost_the_backup(folder: Path, tmp_path: Path) -> None:
    """As if each folder had held one more when it was listed."""
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text(
        "import os\nreal = os.listdir\nos.listdir = lambda *a: [*real(*a), 'gone']\n", encoding="utf-8"
    )
    assert shutil.which("python3")
    with saved(folder, PYTHONPATH=str(shim)) as tar:
        assert "./uploads/a.txt" in tar.getnames() and not any(name.endswith("gone") for name in tar.getnames())
