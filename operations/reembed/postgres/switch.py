"""The moment when searches get the new vectors, and the way back from it: each in one transaction."""

from __future__ import annotations

from psycopg import sql

from operations.reembed.postgres.record import Record, write
from operations.reembed.postgres.rows import remaining
from operations.reembed.postgres.session import patiently
from operations.reembed.postgres.statements import Statements


def switch(statements: Statements, record: Record) -> bool:
    """False, with nothing changed, when rows have come in that are not moved yet."""
    done = False

    def work() -> None:
        nonlocal done
        statements.run("lock table {table} in access exclusive mode")
        done = remaining(statements) == 0
        if done:
            _use_rows(statements) if statements.partial else _use_column(statements, record)
            write(statements.connection, statements.move.names, record.model_copy(update={"state": "switched"}))

    patiently(statements.connection, f"table {statements.move.names.table!r}", work)
    return done


def undo(statements: Statements, record: Record) -> str:
    """Puts the old vectors back to use and removes what the move has made; says what that means for the rows."""
    said = ""

    def work() -> None:
        nonlocal said
        statements.run("lock table {table} in access exclusive mode")
        if record.state == "building":
            said = "the move was not finished; what it had made is removed, the vectors in use were never touched"
        elif statements.partial:
            count = statements.run(
                "update {table} t set {vector} = b.before from {backup} b where b.id = t.{id} and {rows}"
            ).rowcount
            said = f"{count} rows have their old vectors again"
        else:
            said = _use_old_column(statements, record)
        statements.run("drop table {backup}")
        if not statements.partial:
            statements.run("alter table {table} drop column if exists {after}")

    patiently(statements.connection, f"table {statements.move.names.table!r}", work)
    return said


def close(statements: Statements) -> str:
    """Removes the backup, and the old column with its indexes."""

    def work() -> None:
        statements.run("drop table {backup}")
        if not statements.partial:
            statements.run("alter table {table} drop column if exists {before}")

    patiently(statements.connection, f"table {statements.move.names.table!r}", work)
    return f"table {statements.move.backup} is gone" + ("" if statements.partial else ", and so is the old column")


def _use_rows(statements: Statements) -> None:
    statements.run("update {table} t set {vector} = b.after from {backup} b where b.id = t.{id} and {rows}")


def _use_column(statements: Statements, record: Record) -> None:
    statements.run("update {table} t set {after} = null where t.{vector} is null and t.{after} is not null")
    if record.not_null:
        statements.run("alter table {table} alter column {after} set not null")
        statements.run("alter table {table} alter column {vector} drop not null")
    statements.run("alter table {table} rename column {vector} to {before}")
    statements.run("alter table {table} rename column {after} to {vector}")
    move = statements.move
    for name in record.indexes:
        _rename_index(statements, name, move.before(name))
        _rename_index(statements, move.after(name), name)


def _use_old_column(statements: Statements, record: Record) -> str:
    lost = statements.count("select count(*) from {table} t where t.{vector} is not null and t.{before} is null")
    stale = statements.count(
        "select count(*) from {table} t join {backup} b on b.id = t.{id}"
        " where t.{before} is not null and b.text_digest is distinct from {digest}"
    )
    statements.run("alter table {table} rename column {vector} to {after}")
    statements.run("alter table {table} rename column {before} to {vector}")
    move = statements.move
    for name in record.indexes:
        _rename_index(statements, name, move.after(name))
        _rename_index(statements, move.before(name), name)
    said = "the old vectors are in use again"
    if lost:
        said += f"; {lost} rows came after the move and have no vector now"
    if stale:
        said += f"; {stale} rows changed their text after the move and have the vector of their earlier text"
    if record.not_null and not statements.count("select count(*) from {table} t where t.{vector} is null"):
        statements.run("alter table {table} alter column {vector} set not null")
    elif record.not_null:
        said += "; the column allows null until they have one: alter column ... set not null"
    return said


def _rename_index(statements: Statements, old: str, new: str) -> None:
    place = sql.Identifier(statements.move.names.schema, old)
    statements.connection.execute(sql.SQL("alter index if exists {} rename to {}").format(place, sql.Identifier(new)))
