"""How an index is asked: for a few vectors only, however large its table is."""

from __future__ import annotations

import json
from typing import Any

from operations.restore.recall import NEAREST, QUERIES, _share

INDEX = {
    "index": "s.it", "table": 's."odd ""name"', "expression": "(embedding::halfvec(8))", "operator": "<=>",
    "schema": "public", "condition": "(id > 5)",
}  # fmt: skip


class Session:
    """Answers every search with the distances that it was given, exact ones first."""

    def __init__(self, *answers: list[float]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    def ask(self, sql: str) -> str:
        self.asked.append(sql)
        return json.dumps(["(0,1)", self._answers.pop(0)]) if "json_build_array" in sql else ""


def test_a_few_rows_are_asked_for_and_each_for_a_few_neighbours() -> None:
    session: Any = Session([0.1], [0.1])
    _share(session, INDEX)
    searches = [sql for sql in session.asked if "json_build_array" in sql]
    assert len(searches) == 2
    assert all(f"ORDER BY ctid LIMIT {QUERIES}) q" in sql and f"LIMIT {NEAREST}) nearest" in sql for sql in searches)
    assert all(sql.count("WHERE (id > 5)") == 2 for sql in searches)


def test_what_is_as_near_as_the_exact_ones_counts_as_found() -> None:
    session: Any = Session([0.1, 0.2, 0.3, 0.3], [0.1, 0.3, 0.3, 0.4])
    assert _share(session, INDEX) == 0.75


def test_an_empty_table_has_nothing_to_find() -> None:
    session: Any = Session([], [])
    assert _share(session, INDEX) == 1.0
