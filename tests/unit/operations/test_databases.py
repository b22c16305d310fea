"""What the administrator of a database is told, without a server."""

from __future__ import annotations

import pytest

from operations.databases.extensions import numbers
from operations.databases.record import Applied, pending
from operations.databases.roles import database_sql, server_sql
from operations.databases.server import ContainerServer, refused, settings_of
from operations.databases.spec import DatabaseRoles, DatabaseSpec, LoginSpec
from operations.failure import Failure
from planning.migrations import Migration
from tests.unit.operations.test_database_sql import HOSTILE, statements

FILES = [Migration(number=number, name=f"n{number}", up=f"SELECT {number};", down="") for number in (1, 2, 3)]
DONE = [Applied(number=one.number, name=one.name, checksum=one.checksum({}), down="") for one in FILES]


def spec(value: str) -> DatabaseSpec:
    return DatabaseSpec(
        server=ContainerServer(docker_host=None, ssh_options=(), container="c"),
        roles=DatabaseRoles(database=value, owner=value, ingest=value, read=value),
        logins=(LoginSpec(name=value, role=value, password=value),), closed=(value,), extensions=(),
    )  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_names_and_passwords_change_nothing_but_themselves(value: str) -> None:
    assert statements(server_sql(spec(value))) == statements(server_sql(spec("x")))
    assert statements(database_sql(spec(value).roles)) == statements(database_sql(spec("x").roles))


def test_passwords_are_kept_out_of_the_server_s_log_before_they_are_named() -> None:
    sql = server_sql(spec("hidden"))
    assert sql.index("log_statement = 'none'") < sql.index("log_min_error_statement = 'panic'") < sql.index("hidden")


@pytest.mark.parametrize("count", range(4))
def test_what_is_pending_is_what_comes_after_what_ran(count: int) -> None:
    assert [one.number for one in pending("kb", FILES, {}, DONE[:count])] == [1, 2, 3][count:]


def test_a_database_that_is_ahead_of_the_files_is_refused() -> None:
    with pytest.raises(Failure, match="kb has had 003-n3, this checkout knows 2 migrations"):
        pending("kb", FILES[:2], {}, DONE)


@pytest.mark.parametrize("value", ["", "a'b", "a\\b", "a\nb", "a\0b"])
def test_a_variable_that_psql_would_read_otherwise_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="cannot be given to psql"):
        settings_of({"name": value})


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("NOTICE:  x\npsql:<stdin>:3: ERROR:  broken\nDETAIL:  canary", "psql:<stdin>:3: ERROR:  broken"),
        ("psql: error: FATAL:  no\n", "psql: error: FATAL:  no"),
        ("", "no message"),
    ],
)
def test_of_what_the_server_says_only_the_error_s_line_is_told(said: str, told: str) -> None:
    assert str(refused("place", said, "")) == f"place: {told}"


@pytest.mark.parametrize(("text", "found"), [("0.8.5\n", (0, 8, 5)), ("", ()), ("1.0-rc1", (1, 0)), ("x", ())])
def test_versions_are_compared_as_numbers(text: str, found: tuple[int, ...]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('ERROR:  invalid input syntax for type integer: "canary of a chunk"', "invalid input syntax for type integer"),
        ('ERROR:  invalid input syntax for type vector: "[canary, 1', "type vector"),
        ('ERROR:  date/time field value out of range: "canary"', "out of range"),
    ],
)
def test_a_value_that_the_server_could_not_read_is_not_told(said: str, told: str) -> None:
    found = str(refused("postgres", f"psql:<stdin>:7: {said}\n", ""))
    assert told in found and "canary" not in found


def test_names_that_the_server_tells_are_told() -> None:
    assert '"documents" does not exist' in str(refused("postgres", 'ERROR:  relation "documents" does not exist', ""))
