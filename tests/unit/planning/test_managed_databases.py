"""Databases of the settings: names of roles and logins, and everything that stands against them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.build import build
from planning.passwords import password_names
from settings.load import load
from settings.problem import SettingsError
from tests.unit.planning.conftest import LOCAL, Planner

POSTGRES = {"postgres": {"host": "local"}}
VECTOR = [{"name": "vector", "version": ">=0.8.4"}]


def problems(databases: dict[str, Any], services: dict[str, Any] | None = None) -> dict[str, str]:
    raw = {"hosts": {"local": LOCAL}, "services": services or POSTGRES, "databases": databases}
    try:
        build(load("test", raw, "Pulumi.test.yaml"), {})
    except SettingsError as error:
        return {problem.path: f"{problem.cause} -> {problem.remedy}" for problem in error.problems}
    return {}


def test_a_database_has_roles_that_nobody_logs_in_as_and_a_login_for_each_application(planned: Planner) -> None:
    (database,) = planned(services=POSTGRES, databases={"kb": {}}).databases
    assert (database.owner, database.ingest, database.read) == ("kb_owner", "kb_ingest", "kb_read")
    assert [(one.name, one.role, one.password) for one in database.logins] == [
        ("kb_ingest_a", "kb_ingest", "kb_ingest-1"),
        ("kb_read_a", "kb_read", "kb_read-1"),
    ]
    assert database.closed == ("kb_ingest_b", "kb_read_b")


def test_passwords_of_logins_are_among_those_that_are_generated(planned: Planner) -> None:
    plan = planned(services=POSTGRES, databases={"kb": {"rotation": {"read": {"generation": 2, "overlap": True}}}})
    assert {"kb_ingest-1", "kb_read-1", "kb_read-2"} <= set(password_names(plan))


@given(st.integers(min_value=1, max_value=1_000_000), st.booleans())
def test_the_login_after_and_the_one_before_never_share_a_name_or_a_password(generation: int, overlap: bool) -> None:
    rotation = {"read": {"generation": generation, "overlap": overlap and generation > 1}}
    raw = {"hosts": {"local": LOCAL}, "services": POSTGRES, "databases": {"kb": {"rotation": rotation}}}
    (database,) = build(load("test", raw, "f"), {}).databases
    open_logins = [one for one in database.logins if one.role == "kb_read"]
    assert open_logins[0] == database.current["read"]
    assert len({one.name for one in open_logins}) == len({one.password for one in open_logins}) == len(open_logins)
    names = {one.name for one in open_logins} | {name for name in database.closed if name.startswith("kb_read")}
    assert names == {"kb_read_a", "kb_read_b"}


def test_tables_keep_their_names_unless_the_settings_change_them(planned: Planner) -> None:
    settings = {"schema": "knowledge", "extensions": VECTOR, "tables": {"documents": "wiki_sources"}}
    (database,) = planned(services=POSTGRES, databases={"kb": settings}).databases
    assert database.variables == {
        "documents": "wiki_sources", "chunks": "chunks", "embeddings": "embeddings", "ingestion_runs": "ingestion_runs",
        "owner": "kb_owner", "ingest": "kb_ingest", "read": "kb_read", "dimension": "3072", "language": "english",
    }  # fmt: skip
    assert [one.label for one in database.migrations] == [
        "001-documents", "002-ingestion-runs", "003-search", "004-search-words-once",
    ]  # fmt: skip


@pytest.mark.parametrize("version", [">=0.8.3", ">=0.7", ">=0"])
def test_a_pgvector_with_known_faults_is_refused_with_the_reason(version: str) -> None:
    found = problems({"kb": {"extensions": [{"name": "vector", "version": version}]}})
    assert "corrupt an index on vacuum" in found["databases.kb.extensions.0.version"]
    assert '">=0.8.4"' in found["databases.kb.extensions.0.version"]


def test_pgvector_without_a_version_is_one_without_known_faults(planned: Planner) -> None:
    (database,) = planned(services=POSTGRES, databases={"kb": {"extensions": [{"name": "vector"}]}}).databases
    assert database.extensions[0].least == (0, 8, 4)


@pytest.mark.parametrize(
    ("settings", "path", "said"),
    [
        ({"service": "postgre"}, "databases.kb.service", "did you mean `postgres`?"),
        ({"service": "redis"}, "databases.kb.service", "no such postgres service"),
        ({"rotation": {"read": {"overlap": True}}}, "databases.kb.rotation.read.overlap", "none before it"),
        ({"schema": "knowledg"}, "databases.kb.schema", "shipped: knowledge"),
        ({"schema": "knowledge", "tables": {"document": "x"}}, "databases.kb.tables.document", "`documents`"),
        ({"schema": "knowledge", "tables": {"ingest": "x"}}, "databases.kb.tables.ingest", "no such table"),
        ({"tables": {"documents": "a b"}}, "databases.kb.tables.documents", "pattern"),
        ({"rotation": {"owner": {}}}, "databases.kb.rotation.owner", "Input should be"),
    ],
)
def test_a_fault_is_named_with_its_place(settings: dict[str, Any], path: str, said: str) -> None:
    found = problems({"kb": settings}, {**POSTGRES, "redis": {"host": "local"}})
    assert said in found[path], found


@pytest.mark.parametrize("name", ["postgres", "template1", "platform", "mlflow"])
def test_a_name_that_another_database_of_the_server_has_is_refused(name: str) -> None:
    services = {**POSTGRES, "mlflow": {"host": "local"}, "s3": {"host": "local"}}
    assert "has a database of that name" in problems({name: {}}, services)[f"databases.{name}"]
