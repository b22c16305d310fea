"""Files of a schema: numbered without a gap, each with its way back, none that leaves its transaction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.migrations import SHIPPED, Migration, SchemaError, parsed, read_schema, tables

UP, DOWN = "CREATE TABLE t (id int);", "DROP TABLE t;"
PAIR = {"001-first.sql": UP, "001-first.down.sql": DOWN}


@pytest.mark.parametrize("schema", sorted(path.name for path in SHIPPED.iterdir()))
def test_shipped_schemas_can_be_read(schema: str) -> None:
    assert read_schema(schema)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "no file like 001-first-tables.sql"),
        ({"001-first.sql": UP}, "001-first.down.sql is missing"),
        ({**PAIR, "002-more.down.sql": DOWN}, "takes back what no file makes"),
        ({**PAIR, "003-more.sql": UP, "003-more.down.sql": DOWN}, "should be number 002"),
        ({**PAIR, "001-other.sql": UP, "001-other.down.sql": DOWN}, "should be number 002"),
        ({"1-first.sql": UP}, "is not named like"),
        ({"001-First.sql": UP}, "is not named like"),
    ],
)
def test_files_that_do_not_make_a_sequence_are_refused(files: dict[str, str], said: str) -> None:
    with pytest.raises(SchemaError, match=said):
        parsed(files)


@pytest.mark.parametrize(
    "text",
    [
        "COMMIT;", "begin;", "BEGIN WORK;", "Start Transaction;", "  rollback;", "\\! id", "SELECT 1;\n\\gexec",
        "RESET ROLE;", "set role postgres;", "SET LOCAL ROLE x;", "SET SESSION AUTHORIZATION postgres;",
        "DROP TABLE t; COMMIT; DROP TABLE u;", "SELECT 1;end;", "ABORT;", "/* so */ COMMIT;", "-- so\nCOMMIT;",
        "SELECT 'DROP TABLE t' \\gexec", "SELECT 1 \\! id", "SELECT 1; SET ROLE postgres;", "PREPARE TRANSACTION 'x';",
        "SELECT 'it''s'; commit;", "SELECT E'\\'; --'; COMMIT;", "SELECT $a$ ; $a$; COMMIT;",
        'SELECT 1 AS "a;"; COMMIT;',
    ],
)  # fmt: skip
@pytest.mark.parametrize("file", ["001-first.sql", "001-first.down.sql"])
def test_a_file_that_would_leave_its_transaction_or_its_rights_is_refused(file: str, text: str) -> None:
    with pytest.raises(SchemaError, match="runs in one transaction"):
        parsed({**PAIR, file: f"SELECT 1;\n{text}"})


@pytest.mark.parametrize(
    "text",
    [
        "CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC\nSELECT 1;\nEND;",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n    RETURN 1;\nEND;\n$$;",
        "DO $body$ BEGIN PERFORM 1; END; $body$;",
        "INSERT INTO t VALUES ('a; commit; b', E'\\\\d', '\\d');",
        "SELECT CASE WHEN true THEN 1 END;",
        "-- commit;\n/* rollback; \\gexec */ SELECT 1;",
        'CREATE TABLE "commit; \\x" (id int);',
    ],
)
def test_what_is_quoted_is_no_statement(text: str) -> None:
    assert parsed({**PAIR, "001-first.sql": text})


@given(st.text(), st.text(), st.sampled_from(["a", "b"]))
def test_the_checksum_tells_every_difference_of_what_runs(first: str, second: str, name: str) -> None:
    def checksum(up: str, variables: dict[str, str]) -> str:
        return Migration(number=1, name="x", up=up, down="").checksum(variables)

    text = f'{first}:"table"'
    assert (checksum(text, {"table": name}) == checksum(text, {"table": "a"})) == (name == "a")
    assert (checksum(first, {}) == checksum(second, {})) == (first == second)
    assert checksum(UP, {"table": name}) == checksum(UP, {}), "a variable that does not stand in it changes nothing"


def test_names_of_roles_are_no_tables() -> None:
    (one,) = parsed({**PAIR, "001-first.sql": 'GRANT SELECT ON :"notes" TO :"read";'})
    assert tables([one]) == ("notes",)
