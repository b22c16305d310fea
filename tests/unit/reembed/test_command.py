"""The command line, and what is told meanwhile."""

import pytest

from operations.reembed.options import arguments
from operations.reembed.progress import Progress, duration
from operations.reembed.similarity import cosine


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["--table", "a", "--collection", "b"],
        ["--table", ""],
        ["--table", "a\0b"],
        ["--table", "a", "--batch-size", "0"],
        ["--table", "a", "--dry-run", "--back"],
        ["--collection", "a", "--user-id", "7"],
    ],
)
def test_wrong_usage_ends_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments(argv)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_progress_without_a_terminal_is_lines_with_rate_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(1000, every=0) as progress:
        progress.advance(250)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("moved 250 of 1,000 rows, ")
    assert " rows/s, " in lines[0]


def test_rows_that_come_meanwhile_never_make_more_than_all(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(1, every=0) as progress:
        progress.advance(3)
    assert "moved 3 of 3 rows" in capsys.readouterr().err


@pytest.mark.parametrize(("seconds", "told"), [(3, "3 s"), (600, "10 min"), (9000, "2.5 h")])
def test_a_duration_is_told_in_the_unit_one_thinks_in(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_the_cosine_of_what_cannot_be_compared_is_0() -> None:
    assert cosine([1, 0], [1, 0, 0]) == cosine([0, 0], [1, 0]) == 0
    assert cosine([1, 2], [2, 4]) == pytest.approx(1)
    assert cosine([1, 0], [-1, 0]) == -1
