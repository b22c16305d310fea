"""What a database says of a failure holds no text and no vector of a row."""

from __future__ import annotations

import psycopg
import pytest

from operations.databases.told import told
from operations.failure import Failure
from operations.retrieval import store


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            psycopg.errors.CheckViolation('new row violates check "c"\nDETAIL:  Failing row contains (1, canary).'),
            'new row violates check "c"',
        ),
        (
            psycopg.errors.InvalidTextRepresentation('invalid input syntax for type halfvec: "[canary,\ncanary]"'),
            "invalid input syntax for type halfvec: (a value)",
        ),
        (psycopg.errors.DataException('"canary" is out of range for type halfvec'), "(a value)"),
        (psycopg.OperationalError("connection refused\nIs it running?"), "connection refused"),
        (psycopg.OperationalError(""), "OperationalError"),
    ],
)
def test_only_the_first_line_without_values_is_told(error: psycopg.Error, said: str) -> None:
    assert told(error) == said


def test_a_row_that_the_store_refuses_stays_out_of_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object, **__: object) -> None:
        raise psycopg.errors.CheckViolation("violated\nDETAIL:  Failing row contains (canary).")

    monkeypatch.setattr(psycopg, "connect", connect)
    with (
        pytest.raises(Failure, match="violated") as refused,
        store.open_store("host=127.0.0.1 password=canary", "m", 2, ""),
    ):
        pass
    assert "canary" not in str(refused.value)
