"""What `make up` ends with."""

from __future__ import annotations

import pytest

from operations.summary import can_ask, show

from .conftest import Planner

ASKED = {name: {"host": "local"} for name in ("embed", "postgres", "ollama")}


def test_a_question_is_offered_where_it_can_be_answered(planned: Planner, capsys: pytest.CaptureFixture[str]) -> None:
    plan = planned(services=ASKED)
    assert can_ask(plan)
    show(plan, "test")
    assert "scripts/ask -s test" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ASKED)
def test_no_question_is_offered_without_what_answers_it(planned: Planner, missing: str) -> None:
    assert not can_ask(planned(services={name: one for name, one in ASKED.items() if name != missing}))


def test_neither_pages_nor_questions_are_announced_where_there_are_none(
    planned: Planner, capsys: pytest.CaptureFixture[str]
) -> None:
    show(planned(services={"redis": {"host": "local"}}), "test")
    said = capsys.readouterr().out
    assert "Pages:" not in said
    assert "scripts/ask" not in said
    assert "scripts/health -s test" in said
