"""Tables that are read by a program or in a narrow window keep every character."""

from __future__ import annotations

import pytest
from rich.console import Console

from operations.console import console_for
from operations.tables import placement_table

from .conftest import Planner

LONG = "an-instance-with-a-very-long-name-indeed"


@pytest.fixture
def services() -> dict[str, dict[str, object]]:
    return {LONG: {"kind": "redis", "host": "local"}, "postgres": {"host": "local"}}


def test_a_pipe_gets_every_row_on_one_line(
    planned: Planner, services: dict[str, dict[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    table = placement_table(planned(services=services))
    console_for(table).print(table)
    (row,) = [line for line in capsys.readouterr().out.splitlines() if LONG in line]
    assert "127.0.0.1:6379" in row


def test_a_narrow_terminal_folds_cells_and_cuts_none(planned: Planner, services: dict[str, dict[str, object]]) -> None:
    console = Console(width=60, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(placement_table(planned(services=services)))
    said = captured.get()
    assert "…" not in said
    first_column = "".join(line.split("│")[1].strip() for line in said.splitlines() if line.startswith("│"))
    assert LONG in first_column
