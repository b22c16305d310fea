"""A real Postgres with a table of vectors, under names that nobody would choose, and scripts/reembed over it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from operations.project import ROOT
from tests.unit.reembed.embed_service import vector_of

SCHEMA, TABLE = 'odd"schema', "ta'ble; drop table x; -- %s {id} \N{SNOWMAN}" + "long" * 5
ID, TEXT, VECTOR, USER = "i%d", 'te"xt', "vec.tor{}", "us er"
PASSWORD = "for-tests-only"
OLD = 8


@dataclass
class Rig:
    """`conninfo` with a password that must never be seen."""

    conninfo: str
    outputs: list[str] = field(default_factory=list)

    def fill(self, rows: int, *, model: str = "old", dimension: int = OLD, kind: str = "vector") -> None:
        """Makes the schema anew: rows of two users, a nullable row without a vector, and two kinds of index."""
        self.do("drop schema if exists {schema} cascade")
        self.do("create schema {schema}")
        self.do("create extension if not exists vector")
        column = f"{kind}({dimension})"
        self.do(
            'create table {table} ({id} text collate "C" primary key, {text} text, {vector} '
            + column
            + ", {user} text)"
        )
        with self.connection() as connection, connection.cursor() as cursor:
            statement = self.filled("insert into {table} values (%s, %s, %s, %s)")
            cursor.executemany(statement, [self.entry(number, model, dimension) for number in range(rows)])
        self.do("insert into {table} values ('draft', 'a draft', null, 'ann')")
        self.do('create index "by vec" on {table} using hnsw ({vector} ' + kind + "_cosine_ops) with (m = 8)")
        self.do(
            'create index "by half" on {table} using hnsw (({vector}::halfvec(' + str(dimension) + ")) halfvec_l2_ops)"
            " where {user} = 'ann'"
        )

    def entry(self, number: int, model: str, dimension: int) -> tuple[str, str, str, str]:
        text = f"text number {number}"
        return f"key-{number:05}", text, json.dumps(vector_of(model, text, dimension)), "ann" if number % 2 else "bob"

    def add(self, key: str, text: str, vector: list[float] | None) -> None:
        """One row of ann's. With the columns named: a moved column is the last one."""
        with self.connection() as connection:
            statement = self.filled("insert into {table} ({id}, {text}, {vector}, {user}) values (%s, %s, %s, 'ann')")
            connection.execute(statement, [key, text, None if vector is None else json.dumps(vector)])

    def vectors(self, column: str = VECTOR) -> dict[str, tuple[str, list[float] | None, str]]:
        """Text, vector and user by key."""
        rows = self.ask("select {id}, {text}, {column}::text, {user} from {table}", column)
        return {key: (text, json.loads(vector) if vector else None, user) for key, text, vector, user in rows}

    def require_model(self, model: str, dimension: int, user: str | None = None) -> int:
        """Every row has the vector of just this model and its text; how many rows that are."""
        found = {key: entry for key, entry in self.vectors().items() if entry[1] and user in (None, entry[2])}
        wrong = [key for key, (text, vector, _) in found.items() if vector != vector_of(model, text, dimension)]
        assert not wrong, f"{len(wrong)} of {len(found)} rows are not {model}'s: {wrong[:3]}"
        return len(found)

    def definitions(self) -> dict[str, str]:
        """Valid indexes by name, without the name of the table."""
        rows = self.ask(
            "select c.relname, pg_get_indexdef(c.oid) from pg_class c join pg_index i on i.indexrelid = c.oid"
            " join pg_namespace n on n.oid = c.relnamespace where n.nspname = {name} and indisvalid"
        )
        return {name: definition.split(" USING ")[1] for name, definition in rows}

    def tables(self) -> list[str]:
        return sorted(row[0] for row in self.ask("select tablename from pg_tables where schemaname = {name}"))

    def columns(self) -> list[str]:
        rows = self.ask(
            "select attname from pg_attribute where attrelid = {table_name}::regclass and attnum > 0"
            " and not attisdropped"
        )
        return [row[0] for row in rows]

    def do(self, statement: str) -> None:
        with self.connection() as connection:
            connection.execute(self.filled(statement, parameters=False))

    def ask(self, statement: str, column: str = VECTOR) -> list[tuple[str, ...]]:
        with self.connection() as connection:
            return connection.execute(self.filled(statement, column, parameters=False)).fetchall()

    def filled(self, statement: str, column: str = VECTOR, *, parameters: bool = True) -> sql.Composed:
        def name(*parts: str) -> sql.Identifier:
            return sql.Identifier(*(part.replace("%", "%%") if parameters else part for part in parts))

        quoted = sql.Identifier(SCHEMA, TABLE).as_string()
        return sql.SQL(statement).format(
            schema=name(SCHEMA), table=name(SCHEMA, TABLE), id=name(ID), text=name(TEXT), vector=name(VECTOR),
            user=name(USER), column=name(column), name=sql.Literal(SCHEMA), table_name=sql.Literal(quoted),
        )  # fmt: skip

    def connection(self) -> psycopg.Connection:
        return psycopg.connect(self.conninfo, autocommit=True)

    def command(self, *arguments: str) -> list[str]:
        names = (
            "--schema",
            SCHEMA,
            "--table",
            TABLE,
            "--id-column",
            ID,
            "--text-column",
            TEXT,
            "--vector-column",
            VECTOR,
        )
        return [str(ROOT / "scripts" / "reembed"), *names, "--user-column", USER, *arguments]

    def start(self, url: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments), env=self.environment(url), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, url: str, *arguments: str) -> tuple[int, str]:
        """Exit code, and standard output and error together."""
        done = self.start(url, *arguments)
        output, error = done.communicate(timeout=120)
        self.outputs.append(output + error)
        assert PASSWORD not in output + error
        assert "Traceback" not in error, error
        return done.returncode, output + error

    def environment(self, url: str) -> dict[str, str]:
        return {**os.environ, "EMBED_SERVICE_URL": url, "DATABASE_URL": self.conninfo}


def names_left(names: Sequence[str]) -> list[str]:
    """What a move made."""
    return [name for name in names if "_before_" in name or "_after_" in name]
