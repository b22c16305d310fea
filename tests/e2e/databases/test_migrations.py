"""Migrations on a real server: whole or not at all, once, backed up, and back again."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from operations.databases.migrator import Migrator
from operations.databases.server import administrator
from operations.failure import Failure
from operations.project import ROOT
from planning.managed_databases import PlannedDatabase
from planning.migrations import parsed
from tests.e2e.databases.conftest import Lab, MadeDatabase

FILES = {
    "001-notes.sql": 'CREATE TABLE :"notes" (id integer PRIMARY KEY, text text NOT NULL);',
    "001-notes.down.sql": 'DROP TABLE :"notes";',
    "002-tags.sql": 'ALTER TABLE :"notes" ADD tag text;\nCREATE INDEX ON :"notes" (tag);',
    "002-tags.down.sql": 'ALTER TABLE :"notes" DROP tag;',
}
BROKEN = {
    "003-broken.sql": 'ALTER TABLE :"notes" ADD broken text;\nINSERT INTO :"notes" VALUES (1, \'canary\');',
    "003-broken.down.sql": 'ALTER TABLE :"notes" DROP broken;',
}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("operations.project.STATE", tmp_path)
    return tmp_path


@pytest.fixture
def notes(lab: Lab, name: str) -> MadeDatabase:
    """A database with two migrations and a row."""
    made = lab.make(with_files(lab.planned(name, extensions=[]), FILES))
    with made.connect("ingest") as ingest:
        ingest.execute("insert into notes values (1, 'kept', 'x')")
    return made


def with_files(planned: PlannedDatabase, files: dict[str, str]) -> PlannedDatabase:
    return replace(planned, migrations=parsed(files), variables={**planned.variables, "notes": "notes"})


def changed(made: MadeDatabase, files: dict[str, str]) -> MadeDatabase:
    return replace(made, planned=with_files(made.planned, files))


def migrated(made: MadeDatabase, verb: Callable[[Migrator], int] = Migrator.up) -> list[str]:
    said: list[str] = []
    with administrator(made.lab.server) as server:
        verb(Migrator(server, made.migrations, said.append))
    return said


def columns(made: MadeDatabase) -> set[str]:
    with made.connect("read") as read:
        cursor = read.execute("select * from notes")
        assert cursor.description
        return {column.name for column in cursor.description}


def test_a_migration_that_fails_is_rolled_back_and_the_old_application_works(notes: MadeDatabase, state: Path) -> None:
    broken = changed(notes, {**FILES, **BROKEN})
    with pytest.raises(Failure) as raised:
        migrated(broken)
    assert "003-broken failed and was rolled back" in str(raised.value)
    assert "canary" not in str(raised.value)
    assert columns(notes) == {"id", "text", "tag"}
    with notes.connect("ingest") as ingest:
        ingest.execute("update notes set tag = 'still writing' where id = 1")
    assert migrated(notes) == []


def test_what_has_run_does_not_run_again(notes: MadeDatabase) -> None:
    assert migrated(notes) == []


def test_a_backup_comes_first_and_only_its_owner_reads_it(notes: MadeDatabase, state: Path) -> None:
    more = {
        "003-more.sql": 'ALTER TABLE :"notes" ADD more text;',
        "003-more.down.sql": 'ALTER TABLE :"notes" DROP more;',
    }
    said = migrated(changed(notes, {**FILES, **more}))
    assert "has no backups of it; copied to" in said[0]
    (file,) = (state / "before-migrations" / "test" / notes.planned.name).iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    container = str(notes.lab.started.container.name)
    command = ["docker", "exec", "-i", container, "pg_restore", "--list"]
    listed = subprocess.run(command, input=file.read_bytes(), capture_output=True, check=True)
    assert b"TABLE DATA public notes" in listed.stdout


def test_every_migration_of_the_shipped_schema_goes_back_and_forth(lab: Lab, name: str) -> None:
    planned = lab.planned(name, schema="knowledge", dimension=8, tables={"documents": "wiki_sources"})
    made = lab.make(planned)
    with made.connect("read") as read:
        read.execute("select count(*) from wiki_sources")
    assert [line.split()[1] for line in migrated(made, lambda migrator: migrator.down(0))[1:]] == [
        "004-search-words-once", "003-search", "002-ingestion-runs", "001-documents",
    ]  # fmt: skip
    with made.administrator() as connection:
        assert connection.execute(
            "select count(*) from pg_stat_user_tables where schemaname = 'public'"
        ).fetchone() == (0,)
    assert len(migrated(made)) == 4


def test_the_way_back_is_the_one_that_belonged_to_what_ran(notes: MadeDatabase) -> None:
    edited = changed(notes, {**FILES, "002-tags.down.sql": "SELECT 1/0;"})
    assert "002-tags back done" in migrated(edited, lambda migrator: migrator.down(1))[-1]
    assert columns(notes) == {"id", "text"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({**FILES, "002-tags.sql": FILES["002-tags.sql"] + "\n"}, "002-tags differs from what ran"),
        ({key: FILES[key] for key in ("001-notes.sql", "001-notes.down.sql")}, "this checkout knows 1 migrations"),
        (
            {key.replace("tags", "labels"): text for key, text in FILES.items()},
            "has had 002-tags where this checkout has 002-labels",
        ),
    ],
)
def test_files_that_do_not_belong_to_the_database_are_refused(
    notes: MadeDatabase, files: dict[str, str], said: str
) -> None:
    with pytest.raises(Failure, match=said):
        migrated(changed(notes, files))


def test_a_table_under_another_name_than_the_one_that_ran_is_refused(notes: MadeDatabase) -> None:
    renamed = replace(notes.planned, variables={**notes.planned.variables, "notes": "other"})
    with pytest.raises(Failure, match="001-notes differs from what ran"):
        migrated(replace(notes, planned=renamed))


def test_runs_at_the_same_time_apply_each_migration_once(lab: Lab, name: str) -> None:
    files = {**FILES, "001-notes.sql": f"SELECT pg_sleep(0.3);\n{FILES['001-notes.sql']}"}
    planned = with_files(lab.planned(name, extensions=[]), files)
    made = lab.make(replace(planned, migrations=()))
    both = replace(made, planned=planned)
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.extend(migrated(both))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum("001-notes done (" in line for line in said) == 1
    assert sum("002-tags done (" in line for line in said) == 1
    assert columns(both) == {"id", "text", "tag"}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ('GRANT DELETE ON :"notes" TO :"read";', "_read could write to table notes"),
        ('GRANT UPDATE (text) ON :"notes" TO :"read";', "_read could write to table notes"),
        ('CREATE VIEW v AS TABLE :"notes"; GRANT INSERT ON v TO :"read";', "_read could write to table v"),
        (
            'CREATE FUNCTION wipe() RETURNS void LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC DELETE FROM :"notes"; END;',
            r"_read could write through wipe\(\), which has the rights of its owner",
        ),
        ('ALTER TABLE :"notes" ALTER text TYPE int USING text::int;', r"for type integer: \(a value\)"),
        ("CREATE EXTENSION vector;", "permission denied to create extension"),
        ("DROP TABLE migration.applied;", "permission denied for schema migration"),
        ("SELECT pg_read_file('/etc/passwd');", "permission denied for function pg_read_file"),
    ],
)
def test_a_migration_has_the_owner_s_rights_and_gives_no_reader_more(
    notes: MadeDatabase, statement: str, said: str
) -> None:
    with pytest.raises(Failure, match=said):
        migrated(changed(notes, {**FILES, "003-more.sql": statement, "003-more.down.sql": "SELECT 1;"}))


def test_a_killed_run_leaves_no_half_migration(notes: MadeDatabase) -> None:
    slow = {
        "003-slow.sql": 'ALTER TABLE :"notes" ADD slow text;\nSELECT pg_sleep(30);',
        "003-slow.down.sql": "SELECT 1;",
    }
    spec = changed(notes, {**FILES, **slow}).migrations
    process = subprocess.Popen(
        ["scripts/migrate-apply"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        process_group=0,
    )  # fmt: skip
    assert process.stdin
    process.stdin.write(spec.model_dump_json().encode())
    process.stdin.close()
    with notes.administrator() as connection:
        sleeping = "select count(*) from pg_stat_activity where query like 'SELECT pg_sleep(30)%%' and datname = %s"
        for _ in range(600):
            if connection.execute(sleeping, [notes.planned.name]).fetchone() == (1,):
                break
            threading.Event().wait(0.1)
        ran = process.poll() is None
        os.killpg(process.pid, 9)
        process.wait(30)
        shutil.rmtree(ROOT / ".state" / "before-migrations" / "test" / notes.planned.name)
        assert ran, "the migration never ran"
        # The server ends what it does for a client that is gone; here that is said to it at once.
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where query like 'SELECT pg_sleep(30)%%'"
            " and datname = %s", [notes.planned.name],
        )  # fmt: skip
    assert columns(notes) == {"id", "text", "tag"}
    with pytest.raises(psycopg.errors.UndefinedColumn), notes.connect("read") as read:
        read.execute("select slow from notes")
