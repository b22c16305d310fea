"""Names and passwords stay values in the SQL that the administrator runs, whatever stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from operations.database import database_sql, identifier, literal, role_sql

TOKEN = re.compile(r"""'(?P<literal>(?:[^']|'')*)'|"(?P<identifier>(?:[^"]|"")*)"|(?P<rest>[^'"]+)|(?P<torn>.)""", re.S)
HOSTILE = (
    "o'neil", 'a"b', "a\nb", "$(reboot)", "`reboot`", "back\\slash", "\\'", "'; DROP TABLE documents; --",
    '"; DROP ROLE postgres; --', "\\gexec", ":'role'", ":role", "$$body$$", "/* comment", "'' OR ''=''",
)  # fmt: skip
VALUE = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


def tokens(sql: str) -> Iterator[tuple[str, str]]:
    """The lexical parts of SQL as Postgres reads it with standard strings: backslashes in quotes mean nothing."""
    for found in TOKEN.finditer(sql):
        kind = str(found.lastgroup)
        assert kind != "torn", f"a quote is never closed: {sql!r}"
        text = found[kind]
        yield kind, text.replace("''", "'") if kind == "literal" else text.replace('""', '"')


def values(sql: str) -> list[tuple[str, str]]:
    return [token for token in tokens(sql) if token[0] != "rest"]


def statements(sql: str) -> str:
    """The SQL with every value taken out: what a value can never change."""
    return "".join(text if kind == "rest" else f"<{kind}>" for kind, text in tokens(sql))


@given(VALUE)
def test_a_value_reads_back_as_itself(value: str) -> None:
    assert list(tokens(literal(value))) == [("literal", value)]
    assert list(tokens(identifier(value))) == [("identifier", value)]


@given(VALUE, VALUE)
@example("o'neil", "p")
def test_a_role_and_its_password_change_nothing_but_themselves(role: str, password: str) -> None:
    assert statements(role_sql(role, password)) == statements(role_sql("r", "p"))
    found = values(role_sql(role, password))
    create = next(text for _, text in found if text.startswith("CREATE ROLE"))
    assert list(tokens(create)) == [("rest", "CREATE ROLE "), ("identifier", role)]
    assert ("literal", role) in found
    assert ("identifier", role) in found
    assert found[-1] == ("literal", password)


@given(VALUE, VALUE, VALUE)
def test_a_database_and_its_extensions_change_nothing_but_themselves(database: str, role: str, extension: str) -> None:
    sql = database_sql(database, role, [extension])
    assert statements(sql) == statements(database_sql("d", "r", ["e"]))
    assert values(sql) == [("identifier", name) for name in (extension, database, database, role, role)]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_are_inert(value: str) -> None:
    assert statements(role_sql(value, value)) == statements(role_sql("r", "p"))
    assert statements(database_sql(value, value, [value])) == statements(database_sql("d", "r", ["e"]))


def test_the_password_is_kept_out_of_the_server_s_log_before_it_is_named() -> None:
    sql = role_sql("reader", "hidden")
    assert sql.index("log_statement = 'none'") < sql.index("hidden")
    assert sql.index("log_min_error_statement = 'panic'") < sql.index("hidden")
