"""W1's move: four tables with vectors of 768 numbers, from another server or from a dump, cut off and gone on with."""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from operations.databases.server import administrator
from operations.failure import Failure
from operations.movein import __main__ as movein
from operations.movein.login import owner_login
from operations.movein.move import Move
from operations.movein.session import connected, source_conninfo
from operations.outputs import Models, Outputs
from planning.managed_databases import PlannedDatabase
from tests.e2e.databases.conftest import ADMINISTRATOR, Lab, MadeDatabase
from tests.e2e.databases.old_application import ROWS, SOURCE, TABLES, fill


@pytest.fixture
def source(lab: Lab) -> Iterator[str]:
    """Name of a database as an application has left it."""
    name = f"old_{secrets.token_hex(4)}"
    with psycopg.connect(lab.url("postgres"), autocommit=True) as administrator_:
        administrator_.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    with psycopg.connect(lab.url(name), autocommit=True) as connection:
        connection.execute(SOURCE)
        fill(connection)
    yield name


@pytest.fixture
def made(lab: Lab, name: str) -> MadeDatabase:
    return lab.make(lab.planned(name, dimension=768))


class Stop(Exception):
    """Cuts a run off."""


def move(made: MadeDatabase, source: str, *, batch: int = 30, stop_after: int = 10**6, **options: Any) -> list[str]:
    """What `scripts/migrate-in` does, with the two addresses of the test; its lines."""
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if " of " in line and " rows" in line and sum(" rows" in one for one in said) > stop_after:
            raise Stop

    planned: PlannedDatabase = made.planned
    with ExitStack() as stack:
        server = stack.enter_context(administrator(made.lab.server))
        place = {"host": "127.0.0.1", "port": str(made.lab.started.port)}
        target = stack.enter_context(owner_login(server, planned.owner, place, planned.name))
        one = Move(
            source=stack.enter_context(connected(made.lab.url(source), read_only=True)),
            target=stack.enter_context(connected(target)),
            label="old", dimension=options.get("dimension", 768), batch=batch, say=say,
        )  # fmt: skip
        tables = one.look(TABLES)
        one.run(tables, restart=options.get("restart", False))
        one.compare(tables)
    return said


def test_all_four_tables_arrive_with_their_indexes_numbers_and_rights(made: MadeDatabase, source: str) -> None:
    said = move(made, source)
    assert said[0] == f"wiki_chunks.embedding: {ROWS - 1} vectors of 768 numbers"
    assert sum(line.endswith(": equal") for line in said) == 4
    with made.connect("ingest") as ingest, made.connect("read") as read:
        ingest.execute("insert into wiki_chunks (source_id, text) select id, 'new' from wiki_sources limit 1")
        ingest.execute("insert into questions (text) values ('new')")
        assert read.execute("select max(id) from wiki_chunks").fetchone() == (ROWS + 1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            read.execute("delete from wiki_chunks")
        with pytest.raises(psycopg.errors.CheckViolation):
            ingest.execute("insert into questions (text) values ('')")
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            ingest.execute("insert into wiki_chunks (source_id, text) values (gen_random_uuid(), 'x')")
        indexes = read.execute("select indexdef from pg_indexes where tablename = 'wiki_chunks'").fetchall()
    assert sum("hnsw" in row[0] or "gin" in row[0] for row in indexes) == 2
    with made.administrator() as connection:
        assert connection.execute("select to_regclass('unrelated')").fetchone() == (None,)
        rows = connection.execute(
            "select rolcanlogin from pg_roles where rolname = %s", [f"{made.planned.owner}_movein"]
        ).fetchall()
    assert rows == [(False,)], "the login of the move is closed"
    assert not any("canary" in line for line in said)


@pytest.mark.parametrize("stop_after", [0, 3, 7])
def test_a_run_that_was_cut_off_goes_on_and_no_row_comes_twice(
    made: MadeDatabase, source: str, stop_after: int
) -> None:
    with pytest.raises(Stop):
        move(made, source, batch=20, stop_after=stop_after)
    said = move(made, source, batch=35)
    assert sum(line.endswith(": equal") for line in said) == 4
    assert all(" made" not in line for line in said if line.startswith("wiki_sources"))
    again = move(made, source)
    assert sum(" rows" in line and " of " in line for line in again) == 0


def test_vectors_of_another_length_are_refused_before_the_first_write(made: MadeDatabase, source: str) -> None:
    with pytest.raises(Failure, match=r"wiki_chunks\.embedding holds vectors of other lengths than 1024: 89 of 768"):
        move(made, source, dimension=1024)
    with made.administrator() as connection:
        assert connection.execute("select count(*) from pg_stat_user_tables").fetchone() == (0,)


def test_rows_that_change_meanwhile_are_found_and_a_restart_brings_them(made: MadeDatabase, source: str) -> None:
    move(made, source)
    with psycopg.connect(made.lab.url(source), autocommit=True) as connection:
        connection.execute("update wiki_chunks set text = 'another' where id = 3")
        connection.execute("delete from evaluations where run = 'a'")
    with pytest.raises(Failure, match="source and target differ in wiki_chunks, evaluations"):
        move(made, source)
    assert sum(line.endswith(": equal") for line in move(made, source, restart=True)) == 4


def test_rows_of_somebody_else_in_the_target_are_not_touched(made: MadeDatabase, source: str) -> None:
    with made.administrator() as connection:
        connection.execute(sql.SQL("set role {}").format(sql.Identifier(made.planned.owner)))
        connection.execute("create table questions (id bigint primary key, text text, meta jsonb)")
        connection.execute("insert into questions values (1, 'own')")
    with pytest.raises(Failure, match="already has rows that did not come from this source"):
        move(made, source)
    with made.connect("read") as read:
        assert read.execute("select text from questions").fetchall() == [("own",)]


def test_the_source_is_only_read(made: MadeDatabase, source: str) -> None:
    with connected(made.lab.url(source), read_only=True) as connection, pytest.raises(psycopg.Error):
        connection.execute("delete from questions")


def test_a_password_in_the_address_is_refused_and_never_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Failure) as raised:
        source_conninfo("postgresql://user:canary@host/database", None)
    assert "canary" not in str(raised.value)
    assert "password=x" in source_conninfo("postgresql://user@host/database", "x")


def test_a_dump_is_moved_by_the_command_and_leaves_no_scratch_database(
    made: MadeDatabase, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "old.dump"
    container = str(made.lab.started.container.name)
    dumped = subprocess.run(
        ["docker", "exec", container, "pg_dump", "-Fc", "-U", "postgres", source], capture_output=True, check=True
    )
    file.write_bytes(dumped.stdout)
    run_on(made, monkeypatch, dump=file)
    said = capsys.readouterr().out
    assert said.count(": equal") == 4
    assert f"{made.planned.name}: 4 tables are as in the source" in said
    with made.administrator() as connection:
        left = connection.execute("select datname from pg_database where datname like 'movein%'").fetchall()
        assert left == []
        indexes = connection.execute("select indexdef from pg_indexes where tablename = 'wiki_chunks'").fetchall()
    assert sum("hnsw" in row[0] or "gin" in row[0] for row in indexes) == 2


def test_the_command_takes_the_password_of_a_password_file(
    made: MadeDatabase, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pgpass"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(f"127.0.0.1:*:*:postgres:{ADMINISTRATOR}\n")
    monkeypatch.setenv("PGPASSFILE", str(file))
    url = f"postgresql://postgres@127.0.0.1:{made.lab.started.port}/{source}"
    run_on(made, monkeypatch, url=url, dry_run=True)
    assert "dry run: 4 tables can be moved; nothing was written" in capsys.readouterr().out
    run_on(made, monkeypatch, url=url)
    run_on(made, monkeypatch, url=url, verify=True)
    assert capsys.readouterr().out.count(": equal") == 8


def run_on(made: MadeDatabase, monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
    """The command, with a plan whose server is the one of the test."""

    class Place:
        name, address, port, container = "postgres", "127.0.0.1", made.lab.started.port, None

    class PlanOfTest:
        name = "test"
        databases = (made.planned,)

        def service(self, name: str) -> Place:
            return Place()

    monkeypatch.setattr(movein, "require_stack", lambda name: None)
    monkeypatch.setattr(movein, "stack_plan", lambda name: PlanOfTest())
    outputs = Outputs(endpoints=[], models=Models(chat="c", embedding="e"), credentials={})
    monkeypatch.setattr(movein, "stack_outputs", lambda name: outputs)
    monkeypatch.setattr(movein, "server_of", lambda plan, service: made.lab.server)
    defaults = {
        "stack": "test", "database": made.planned.name, "url": None, "dump": None, "password_stdin": False,
        "table": TABLES, "batch": 100, "dry_run": False, "verify": False, "restart": False,
    }  # fmt: skip
    movein.run(argparse.Namespace(**{**defaults, **options}))


def test_the_way_back_is_open_until_the_application_writes_to_the_new_database(made: MadeDatabase, source: str) -> None:
    """docs/runbooks/cutover.md: the old database in read-only, moved, and put back to use as it was."""
    name = sql.Identifier(source)
    with psycopg.connect(made.lab.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("alter database {} set default_transaction_read_only = on").format(name))
    with (
        psycopg.connect(made.lab.url(source), autocommit=True) as application,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        application.execute("insert into questions (text) values ('late')")
    assert sum(line.endswith(": equal") for line in move(made, source)) == 4
    with psycopg.connect(made.lab.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("alter database {} reset default_transaction_read_only").format(name))
    with psycopg.connect(made.lab.url(source), autocommit=True) as application:
        application.execute("insert into questions (text) values ('late')")
        assert application.execute("select count(*) from wiki_chunks").fetchone() == (ROWS,)
