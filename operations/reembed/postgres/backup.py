"""The copy of keys and old vectors that is made before anything else, and the place for the new ones."""

from __future__ import annotations

from operations.failure import Failure
from operations.reembed.postgres.record import Record, write
from operations.reembed.postgres.session import patiently, slowly
from operations.reembed.postgres.shape import Shape
from operations.reembed.postgres.statements import Statements
from operations.reembed.row import Target


def make(statements: Statements, shape: Shape, target: Target) -> None:
    """Backup, its check and its record come to be in one transaction. Raises Failure when the copy differs."""
    connection, names = statements.connection, statements.move.names
    with slowly(connection), connection.transaction():
        connection.execute("set transaction isolation level repeatable read")
        if statements.partial:
            statements.run(
                "create table {backup} as select t.{id} as id, t.{vector} as before, null::{new} as after,"
                " null::text as text_digest from {table} t with no data"
            )
        else:
            statements.run(
                "create table {backup} as select t.{id} as id, t.{vector} as before, null::text as text_digest"
                " from {table} t with no data"
            )
        statements.run("alter table {backup} add primary key (id)")
        statements.run("insert into {backup} (id, before) select t.{id}, t.{vector} from {table} t where {rows}")
        _require_equal(statements)
        record = Record(
            table=names.table, column=names.vector_column, scope=names.scope, digest=statements.move.digest,
            model=target.model, dimension=target.dimension, not_null=shape.vector.not_null,
            indexes=[] if statements.partial else [index.name for index in shape.indexes],
        )  # fmt: skip
        write(connection, names, record)


def make_column(statements: Statements, shape: Shape) -> None:
    """The column for the new vectors, beside the old one. Rows of one user need none: theirs wait in the backup."""
    if statements.partial:
        return

    def work() -> None:
        statements.run("alter table {table} add column if not exists {after} {new}")
        # The keyword comes from this program's own list.
        statements.run(STORAGE[shape.vector.storage])

    patiently(statements.connection, f"table {statements.move.names.table!r}", work)


STORAGE = {
    "plain": "alter table {table} alter column {after} set storage plain",
    "external": "alter table {table} alter column {after} set storage external",
    "main": "alter table {table} alter column {after} set storage main",
    "extended": "alter table {table} alter column {after} set storage extended",
}


def _require_equal(statements: Statements) -> None:
    wanted = statements.count("select count(*) from {table} t where {rows}")
    equal = statements.count(
        "select count(*) from {table} t join {backup} b on b.id = t.{id} where {rows}"
        " and b.before::text = t.{vector}::text"
    )
    if equal != wanted:
        raise Failure(
            f"the backup holds {equal} of {wanted} rows of {statements.move.names.table!r}; nothing was changed",
            "run the same command again",
        )
