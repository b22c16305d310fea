"""What each role may do, tried as that role."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import psycopg
import pytest
from psycopg import sql

from operations.databases.apply import apply
from operations.databases.spec import ExtensionSpec
from operations.failure import Failure
from tests.e2e.databases.conftest import Lab, MadeDatabase

DENIED = psycopg.errors.InsufficientPrivilege
TABLES = ("documents", "chunks", "embeddings", "ingestion_runs")
DOCUMENT = "insert into documents (path) values ('a.md') on conflict (path) do update set status = 'new' returning id"
Knowledge = Callable[..., MadeDatabase]


@pytest.fixture(scope="module")
def made(knowledge: Knowledge) -> MadeDatabase:
    return knowledge(f"roles_{secrets.token_hex(4)}")


def test_the_ingest_role_writes_and_the_read_role_sees_it(made: MadeDatabase) -> None:
    with made.connect("ingest") as ingest, made.connect("read") as read:
        row = ingest.execute(DOCUMENT).fetchone()
        assert row
        assert read.execute("select id from documents").fetchone() == row


@pytest.mark.parametrize(
    "statement",
    [
        "insert into {} default values", "select * from {} for update", "delete from {}", "truncate {}",
        "drop table {}", "alter table {} add more text", "create index on {} (ctid)", "lock table {} in exclusive mode",
    ],
)  # fmt: skip
def test_the_read_role_changes_nothing(made: MadeDatabase, statement: str) -> None:
    with made.connect("read") as read:
        for table in TABLES:
            with pytest.raises(DENIED), read.transaction():
                read.execute(statement.format(table))


@pytest.mark.parametrize("role", ["ingest", "read"])
@pytest.mark.parametrize(
    "statement",
    [
        "delete from documents", "truncate chunks", "drop table documents cascade", "create table mine (id int)",
        "alter table documents add more text", "create schema mine", "create extension vector",
        "select * from migration.applied", "insert into migration.applied values (9, 'x', 'x', 'x')",
        "select * from pg_authid", "select pg_read_file('/etc/passwd')", "copy documents to program 'id'",
        "set role postgres", "create role mine", "alter role current_user superuser", "create database mine",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'",
        "alter database {database} set work_mem = '1GB'", "create temporary table mine (id int)",
    ],
)  # fmt: skip
def test_no_application_has_more_than_its_rows(made: MadeDatabase, role: str, statement: str) -> None:
    with made.connect(role) as connection, pytest.raises(psycopg.Error) as raised:
        connection.execute(statement.format(database=made.planned.name))
    assert isinstance(raised.value, DENIED | psycopg.errors.DuplicateObject), raised.value


def test_a_table_that_comes_later_obeys_too(made: MadeDatabase) -> None:
    with made.administrator() as administrator:
        administrator.execute(sql.SQL("set role {}").format(sql.Identifier(made.planned.owner)))
        administrator.execute("create table later (id bigint generated always as identity, note text)")
    with made.connect("ingest") as ingest, made.connect("read") as read:
        ingest.execute("insert into later (note) values ('x')")
        assert read.execute("select note from later").fetchall() == [("x",)]
        with pytest.raises(DENIED):
            read.execute("insert into later (note) values ('y')")
        with pytest.raises(DENIED):
            ingest.execute("delete from later")


def test_the_ingest_role_takes_away_only_what_a_document_no_longer_has(made: MadeDatabase) -> None:
    with made.connect("ingest") as ingest, made.connect("read") as read:
        document = ingest.execute(DOCUMENT).fetchone()
        assert document
        for position in range(3):
            ingest.execute(
                "insert into chunks (document_id, position, text) values (%s, %s, 'x')", [document[0], position]
            )
        ingest.execute("select trim_chunks(%s, 1)", [document[0]])
        assert read.execute("select count(*) from chunks where document_id = %s", document).fetchone() == (1,)
        with pytest.raises(DENIED):
            read.execute("select trim_chunks(%s, 0)", [document[0]])


def test_environments_and_databases_do_not_reach_each_other(knowledge: Knowledge) -> None:
    """W2: local, preview and production, each with the same tables and with logins of its own."""
    made = {name: knowledge(f"{name}_{secrets.token_hex(3)}") for name in ("local", "preview", "production")}
    for name, database in made.items():
        for role in ("ingest", "read"):
            login = database.planned.current["read" if role == "read" else "ingest"]
            for other_name, other in made.items():
                url = database.lab.url(other.planned.name, login.name, database.password(login.password))
                if name == other_name:
                    psycopg.connect(url).close()
                else:
                    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                        psycopg.connect(url)
            for system in ("postgres", "template1"):
                with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                    psycopg.connect(database.lab.url(system, login.name, database.password(login.password)))
    tables = set()
    for database in made.values():
        with database.administrator() as administrator:
            rows = administrator.execute("select relname from pg_stat_user_tables order by 1").fetchall()
        tables.add(tuple(rows))
    assert len(tables) == 1


def test_nobody_logs_in_as_owner_or_as_a_role(made: MadeDatabase) -> None:
    with made.administrator() as administrator:
        rows = administrator.execute(
            "select rolname, rolcanlogin, rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls"
            " from pg_roles where starts_with(rolname, %s) order by rolname",
            [f"{made.planned.name}_"],
        ).fetchall()
    name = made.planned.name
    assert rows == [
        (f"{name}_ingest", False, False), (f"{name}_ingest_a", True, False), (f"{name}_owner", False, False),
        (f"{name}_read", False, False), (f"{name}_read_a", True, False),
    ]  # fmt: skip


def test_making_it_again_changes_nothing_and_takes_back_a_role_that_was_edited(made: MadeDatabase) -> None:
    with made.administrator() as administrator:
        administrator.execute(sql.SQL("alter role {} superuser").format(sql.Identifier(f"{made.planned.name}_read_a")))
    apply(made.spec)
    with made.connect("read") as read, pytest.raises(DENIED):
        read.execute("delete from documents")


def test_the_server_s_log_holds_no_password(made: MadeDatabase) -> None:
    with made.administrator() as administrator:
        administrator.execute("alter system set log_statement = 'all'")
        administrator.execute("select pg_reload_conf()")
        try:
            apply(made.spec)
        finally:
            administrator.execute("alter system reset log_statement")
            administrator.execute("select pg_reload_conf()")
    assert b"password-of-" not in made.lab.started.container.logs()


def test_the_server_s_log_holds_no_text_and_no_vector_of_a_statement_that_failed(made: MadeDatabase) -> None:
    with made.administrator() as administrator:
        administrator.execute("alter system set log_statement = 'all'")
        administrator.execute("alter system set log_parameter_max_length_on_error = 1000")
        administrator.execute("select pg_reload_conf()")
    try:
        with made.connect("ingest") as ingest:
            for statement, values in (
                ("insert into chunks (document_id, position, text) values (-1, 0, %s)", ["canary-text"]),
                ("insert into chunks (document_id, position, text) values (-1, 0, 'canary-literal')", []),
                ("insert into chunks (document_id, text) values (1, %s)", ["canary-row"]),
                ("insert into embeddings values (1, 'm', %s::halfvec)", ["[canary-vector]"]),
                ("select 'canary-syntax' from", []),
            ):
                with pytest.raises(psycopg.Error):
                    ingest.execute(statement, values)
            with (
                pytest.raises(psycopg.Error),
                ingest.cursor() as cursor,
                cursor.copy("copy chunks (document_id, position, text) from stdin") as copy,
            ):
                copy.write_row(("canary-number", 1, "canary-copy"))
    finally:
        with made.administrator() as administrator:
            administrator.execute("alter system reset all")
            administrator.execute("select pg_reload_conf()")
    assert b"canary" not in made.lab.started.container.logs()


@pytest.mark.parametrize(
    ("extension", "said"),
    [
        (ExtensionSpec(name="vector", least=(99, 0)), "needed is 99.0 or newer: older ones overflow in parallel"),
        (ExtensionSpec(name="postgis", least=()), "has no extension postgis"),
    ],
)
def test_an_extension_that_is_missing_or_too_old_is_refused_before_anything_is_made(
    lab: Lab, name: str, extension: ExtensionSpec, said: str
) -> None:
    made = MadeDatabase(lab, lab.planned(name))
    with pytest.raises(Failure, match=said):
        apply(made.spec.model_copy(update={"extensions": (extension,)}))
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        made.administrator()
