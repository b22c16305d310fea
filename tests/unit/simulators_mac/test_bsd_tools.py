"""BSD forms of tools: the arithmetic behind them. Their command lines are tested on a simulated Mac."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from simulators.images.mac.macos.bsd import UsageError, options
from simulators.images.mac.macos.tools.date import varied
from simulators.images.mac.macos.tools.stat import TIME, File, formatted


@pytest.mark.parametrize(
    ("adjustment", "result"),
    [
        ("-1d", datetime(2026, 3, 30, 12)),
        ("+1m", datetime(2026, 4, 30, 12)),
        ("-13m", datetime(2025, 2, 28, 12)),
        ("+1y", datetime(2027, 3, 31, 12)),
        ("-2H", datetime(2026, 3, 31, 10)),
        ("1d", datetime(2026, 3, 1, 12)),
    ],
)
def test_a_date_is_shifted_or_set_and_stays_in_its_month(adjustment: str, result: datetime) -> None:
    assert varied(datetime(2026, 3, 31, 12), adjustment) == result


def test_an_adjustment_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="Cannot apply date adjustment"):
        varied(datetime(2026, 3, 31), "tomorrow")


def test_stat_formats_mode_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("12345")
    path.chmod(0o640)
    os.utime(path, (0, 0))
    file = File(str(path), path.stat(), TIME)
    assert formatted("%Lp %OLp %Sp %z %m %HT %N%n", file) == f"640 640 -rw-r----- 5 0 Regular File {path}\n"
    assert formatted("%08z|%-8z|%%", file) == "00000005|5       |%"
    assert formatted("%Sm", File(str(path), path.stat(), "%Y")) in {"1970", "1969"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-c", "%a"], "stat: illegal option -- c\nusage"),
        (["--format=%a"], "stat: illegal option -- -\nusage"),
        (["-f"], "stat: option requires an argument -- f\nusage"),
    ],
)
def test_a_wrong_option_is_refused_in_the_words_of_getopt(arguments: list[str], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        options("stat", arguments, "f:L", "usage")
    assert str(refused.value) == said


def test_options_end_at_the_first_operand() -> None:
    assert options("stat", ["-L", "file", "-f"], "f:L", "usage") == ([("-L", "")], ["file", "-f"])
