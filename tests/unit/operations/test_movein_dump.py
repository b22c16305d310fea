"""The scratch database of a dump serves the tables that it was restored for, and no others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytest

from operations.databases.server import Administrator
from operations.movein import dump


class Server:
    """Keeps the comments of databases, and counts what is restored."""

    place = "here"

    def __init__(self) -> None:
        self.comments: dict[str, str] = {}
        self.restored: list[list[str]] = []

    def sql(self, _database: str, text: str, _seconds: float = 0) -> str:
        if found := re.match(r"""COMMENT ON DATABASE "(\w+)" IS '(.*)';""", text):
            self.comments[found[1]] = found[2]
        if found := re.match(r"""DROP DATABASE IF EXISTS "(\w+)\"""", text):
            self.comments.pop(found[1], None)
        if "shobj_description" in text:
            return next(iter(self.comments.values()), "") + "\n"
        return ""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    monkeypatch.setattr(dump, "restore", lambda _a, _b, _c, _d, tables: made.restored.append(list(tables)))
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "of.dump"
    path.write_bytes(dump.MARK + b"rest")
    return path


def restored(server: Server, file: Path, *wanted: list[str]) -> int:
    for tables in wanted:
        dump.scratch(cast(Administrator, server), file, tables, "owner", [])
    return len(server.restored)


def test_a_second_run_finds_what_the_first_one_restored(server: Server, file: Path) -> None:
    assert restored(server, file, ["a", "b"], ["b", "a"], ["a"]) == 1


def test_a_run_for_more_tables_than_the_first_one_has_them_restored(server: Server, file: Path) -> None:
    """The first may have been a dry run for one of them."""
    assert restored(server, file, ["a"], ["a", "b"]) == 2
    assert server.restored[-1] == ["a", "b"]


@pytest.mark.parametrize("comment", ["restored", "", "[]"])
def test_what_was_cut_off_or_is_of_an_older_version_is_restored_again(server: Server, file: Path, comment: str) -> None:
    server.comments[f"movein_{dump.digest(file)[:16]}"] = comment
    assert restored(server, file, ["a"]) == 1
