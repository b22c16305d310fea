"""scripts/reembed over a real Postgres with pgvector: killed, disturbed, refused, undone."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.e2e.reembed_rig import OLD, PASSWORD, Rig, names_left
from tests.e2e.retrieval.containers import READY_SECONDS, running
from tests.unit.reembed.embed_service import EmbedService, embedding, vector_of

ROWS = 300


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with running("postgres", 5432, environment={"POSTGRES_PASSWORD": PASSWORD}) as started:
        conninfo = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{started.port}/postgres"
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                psycopg.connect(conninfo, connect_timeout=3).close()
                break
            except psycopg.OperationalError:
                assert time.monotonic() < deadline
                time.sleep(0.3)
        yield conninfo


@pytest.fixture
def rig(database: str) -> Rig:
    made = Rig(database)
    made.fill(ROWS)
    return made


@pytest.fixture
def service() -> Iterator[EmbedService]:
    with embedding(EmbedService()) as started:
        yield started


@pytest.mark.parametrize("kind", ["vector", "halfvec"])
def test_a_table_moves_to_another_dimension_with_its_indexes_and_every_odd_name(
    rig: Rig, service: EmbedService, kind: str
) -> None:
    rig.fill(ROWS, kind=kind)
    before = rig.definitions()
    code, output = rig.run(service.url, "--batch-size", "50")
    assert code == 0, output
    assert rig.require_model("new", 16) == ROWS
    resized = {name: definition.replace(f"halfvec({OLD})", "halfvec(16)") for name, definition in before.items()}
    assert {name: rig.definitions()[name] for name in before} == resized
    assert f"{ROWS:,} rows with vectors of {OLD} numbers" in output
    assert "backup: 300 rows" in output
    assert "switched" in output


def test_a_dry_run_tells_counts_dimensions_and_time_and_changes_nothing(rig: Rig, service: EmbedService) -> None:
    tables, columns = rig.tables(), rig.columns()
    code, output = rig.run(service.url, "--dry-run")
    assert code == 0, output
    assert "vectors of 16 numbers" in output
    assert "so about" in output
    assert (rig.tables(), rig.columns()) == (tables, columns)
    assert rig.require_model("old", OLD) == ROWS


def test_a_finished_move_is_not_made_again(rig: Rig, service: EmbedService) -> None:
    assert rig.run(service.url)[0] == 0
    embedded = service.embedded.total()
    code, output = rig.run(service.url)
    assert (code, "moved already" in output) == (0, True)
    assert rig.run(service.url, "--drop-backup")[0] == 0
    code, output = rig.run(service.url)
    assert (code, "nothing to move" in output) == (0, True)
    assert service.embedded.total() < embedded + 100
    assert names_left([*rig.tables(), *rig.columns(), *rig.definitions()]) == []


def test_the_way_back_restores_vectors_indexes_and_names(rig: Rig, service: EmbedService) -> None:
    rig.do("delete from {table} where {vector} is null")
    rig.do("alter table {table} alter column {vector} set not null")
    before, definitions = rig.vectors(), rig.definitions()
    assert rig.run(service.url)[0] == 0
    rig.add("late", "came late", [1.0] * 16)
    rig.do("delete from {table} where {id} = 'late'")
    code, output = rig.run(service.url, "--back")
    assert code == 0, output
    assert rig.vectors() == before
    assert rig.definitions() == definitions
    assert names_left([*rig.tables(), *rig.columns(), *rig.definitions()]) == []
    with pytest.raises(psycopg.errors.NotNullViolation):
        rig.add("bare", "no vector", None)


def test_rows_that_came_after_the_move_are_counted_on_the_way_back(rig: Rig, service: EmbedService) -> None:
    assert rig.run(service.url)[0] == 0
    rig.add("late", "came late", [1.0] * 16)
    rig.do("update {table} set {text} = 'another' where {id} = 'key-00007'")
    code, output = rig.run(service.url, "--back")
    assert code == 0
    assert "1 rows came after the move and have no vector now" in output
    assert "1 rows changed their text after the move" in output


@pytest.mark.parametrize("pages", [1, 7, 29])
def test_a_killed_run_goes_on_without_embedding_again_what_it_had(rig: Rig, service: EmbedService, pages: int) -> None:
    service.seconds = 0.03
    first = rig.start(service.url, "--batch-size", "10", "--sample", "5")
    while service.requests < pages + 2:
        assert first.poll() is None, first.communicate()
        time.sleep(0.005)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert rig.require_model("old", OLD) == ROWS
    service.seconds = 0.0
    code, output = _insist(rig, service, "--batch-size", "10", "--sample", "5")
    assert code == 0, output
    assert rig.require_model("new", 16) == ROWS
    # Each row once; what else there is are the samples, the probes of both runs, and the batch that the kill cut off.
    assert service.embedded.total() <= ROWS + 3 * 5 + 4 + 2 * 10


def test_whenever_a_run_is_killed_the_next_one_ends_the_move(rig: Rig, service: EmbedService) -> None:
    service.seconds = 0.01
    for step in range(8):
        run = rig.start(service.url, "--batch-size", "20")
        time.sleep(0.9 + 0.17 * step)
        ended = run.poll()
        os.killpg(run.pid, signal.SIGKILL) if ended is None else None
        run.communicate()
        if ended is not None:
            break
    code, output = _insist(rig, service)
    assert code == 0, output
    assert rig.require_model("new", 16) == ROWS
    assert {"by vec", "by half"} <= set(rig.definitions())


@pytest.mark.parametrize("line", ["backup:", "built an index"])
def test_a_run_killed_at_a_step_leaves_what_the_next_one_mends(rig: Rig, service: EmbedService, line: str) -> None:
    run = rig.start(service.url)
    assert run.stdout
    while not run.stdout.readline().startswith(line):
        assert run.poll() is None
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    # What a kill in the middle of building leaves behind.
    rig.do("update pg_index set indisvalid = false where indexrelid::regclass::text like '%_after_%'")
    code, output = _insist(rig, service)
    assert code == 0, output
    assert rig.require_model("new", 16) == ROWS
    assert {"by vec", "by half"} <= set(rig.definitions())


def test_a_second_run_at_the_same_time_is_refused(rig: Rig, service: EmbedService) -> None:
    service.seconds = 0.1
    first = rig.start(service.url, "--batch-size", "10")
    while service.requests < 5:
        time.sleep(0.01)
    code, output = rig.run(service.url)
    assert code == 1
    assert "another run is at work" in output
    output, error = first.communicate(timeout=60)
    assert first.returncode == 0, error
    assert rig.require_model("new", 16) == ROWS


def test_rows_written_while_the_move_runs_are_moved_too(rig: Rig, service: EmbedService) -> None:
    def write(requests: int) -> None:
        if requests == 5:
            rig.add("a-first", "came before the rest", vector_of("old", "x", OLD))
            rig.do("update {table} set {text} = 'changed early' where {id} = 'key-00000'")
            rig.do("update {table} set {text} = 'changed late' where {id} = 'key-00299'")
            rig.do("delete from {table} where {id} = 'key-00001'")
            rig.do("update {table} set {vector} = null where {id} = 'key-00002'")

    service.after = write
    code, output = rig.run(service.url, "--batch-size", "10")
    assert code == 0, output
    assert rig.require_model("new", 16) == ROWS - 1
    assert rig.vectors()["key-00002"][1] is None


def test_rows_of_one_user_move_alone_and_back(rig: Rig, service: EmbedService) -> None:
    service.dimension = OLD
    before, columns = rig.vectors(), rig.columns()
    code, output = rig.run(service.url, "--user-id", "ann", "--batch-size", "40")
    assert code == 0, output
    assert rig.require_model("new", OLD, "ann") == ROWS // 2
    assert rig.require_model("old", OLD, "bob") == ROWS // 2
    assert rig.columns() == columns
    code, output = rig.run(service.url, "--user-id", "ann", "--back")
    assert code == 0, output
    assert rig.vectors() == before
    assert names_left(rig.tables()) == []


def test_a_model_that_changes_halfway_stops_the_move_with_the_old_vectors_in_use(
    rig: Rig, service: EmbedService
) -> None:
    def change(requests: int) -> None:
        service.model = "other" if requests >= 6 else "new"

    service.after = change
    code, output = rig.run(service.url, "--batch-size", "10")
    assert code == 1
    assert "the model is other (16 numbers) by now, this move began with new (16)" in output
    assert rig.require_model("old", OLD) == ROWS
    code, output = rig.run(service.url)
    assert code == 2
    assert "has a move to new (16 numbers, building) that is still open" in output
    assert rig.run(service.url, "--back")[0] == 0
    assert names_left([*rig.tables(), *rig.columns()]) == []


@pytest.mark.parametrize(
    ("arguments", "change", "said"),
    [
        (["--user-id", "ann"], {}, "rows of one user cannot move alone"),
        ([], {"health_dimension": 32}, "expected 1 vectors of 32 numbers"),
        ([], {"dimension": 2016}, "cannot hold vector of 2016 numbers, 2000 at most"),
    ],
)
def test_what_does_not_fit_is_refused_before_the_first_write(
    rig: Rig, service: EmbedService, arguments: list[str], change: dict[str, int], said: str
) -> None:
    for name, value in change.items():
        setattr(service, name, value)
    code, output = rig.run(service.url, *arguments)
    assert code != 0
    assert said in output
    assert names_left([*rig.tables(), *rig.columns()]) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("create view {schema}.view_of_it as select {vector} from {table}", "is used by rule _RETURN on view"),
        ("update {table} set {text} = E' \\n' where {id} = 'key-00003'", "1 rows have a vector but no text"),
        ("alter table {table} drop constraint {column}", "does not tell rows apart"),
        ("alter table {table} rename column {text} to other", "has no column"),
    ],
)
def test_a_table_that_cannot_be_moved_is_refused_with_the_reason(
    rig: Rig, service: EmbedService, statement: str, said: str
) -> None:
    with rig.connection() as connection:
        key = connection.execute(
            "select conname from pg_constraint where contype = 'p' and conname like 'ta%'"
        ).fetchone()
        assert key
        connection.execute(rig.filled(statement, key[0], parameters=False))
    code, output = rig.run(service.url)
    assert (code, said in output) == (2, True), output
    assert names_left([*rig.tables(), *rig.columns()]) == []


def test_a_service_that_goes_away_leaves_a_move_that_goes_on(rig: Rig, service: EmbedService) -> None:
    service.refuse = lambda texts: (500, {}, "broken") if service.requests >= 8 else None
    code, output = rig.run(service.url, "--batch-size", "10")
    assert code == 1
    assert "embed at" in output
    assert "To go on:\n    scripts/reembed --schema" in output
    service.refuse = lambda texts: None
    code, output = rig.run(service.url, "--batch-size", "10")
    assert code == 0, output
    assert rig.require_model("new", 16) == ROWS


def test_a_server_that_drops_the_connection_leaves_a_move_that_goes_on(rig: Rig, service: EmbedService) -> None:
    def drop(requests: int) -> None:
        if requests == 8:
            rig.do("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'reembed'")

    service.after = drop
    code, output = rig.run(service.url, "--batch-size", "10")
    assert (code, "terminating connection due to administrator command" in output) == (1, True), output
    assert rig.run(service.url, "--batch-size", "10")[0] == 0
    assert rig.require_model("new", 16) == ROWS


def test_no_database_is_named_without_its_password(service: EmbedService) -> None:
    code, output = Rig(f"postgresql://postgres:{PASSWORD}@127.0.0.1:1/none").run(service.url)
    assert code == 1
    assert "postgres at 127.0.0.1:1/none" in output


def _insist(rig: Rig, service: EmbedService, *arguments: str) -> tuple[int, str]:
    """Runs it; a server that has not noticed the kill of an earlier run is waited for."""
    for _ in range(10):
        code, output = rig.run(service.url, *arguments)
        if "another run is at work" not in output:
            break
        time.sleep(1)
    return code, output
