"""For how long something has been so: over runs, restarts and clock jumps, and never longer than it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from operations.gpu.remembered import DAY_S, Moment, Watches, advanced, this_moment
from operations.gpu.small_file import SmallFile

NOW = Moment("first", 1000.0, 1_700_000_000.0)


class World:
    """Clocks that a test moves, and the file that outlives each run."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self._file = SmallFile(folder / "watches.json")

    def passes(self, seconds: float, jump: float = 0.0) -> None:
        self.now = replace(self.now, uptime=self.now.uptime + seconds, date=self.now.date + seconds + jump)

    def restarts(self, after: float, jump: float = 0.0) -> None:
        self.now = Moment(self.now.life + "+", 5.0, self.now.date + after + jump)

    def run(self, holds: bool = True, name: str = "stopped") -> float:
        watches = Watches(self._file, lambda: self.now)
        found = watches.seconds(name, holds)
        watches.save()
        return found


def test_it_counts_over_runs_and_begins_anew_when_it_was_not_so(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.run() == 0
    world.passes(60)
    assert world.run() == 60
    world.passes(60)
    assert world.run(holds=False) == 0
    world.passes(60)
    assert world.run() == 0


def test_clock_jumps_mean_nothing_within_a_life(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.run()
    world.passes(100, jump=30 * DAY_S)
    assert world.run() == 100
    world.passes(100, jump=-90 * DAY_S)
    assert world.run() == 200


def test_over_a_restart_the_date_counts_within_reason(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.run()
    world.restarts(600)
    assert world.run() == 600
    world.restarts(0, jump=365 * DAY_S)
    assert world.run() == 600 + DAY_S
    world.restarts(0, jump=-400 * DAY_S)
    assert world.run() == 600 + DAY_S


def test_what_is_not_looked_at_any_more_is_forgotten(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.run(name="a")
    world.passes(60)
    world.run(name="b")
    world.passes(60)
    assert world.run(name="a") == 0


def test_a_damaged_file_begins_anew(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.run()
    for damage in ("{", "[]", '{"stopped": 3}', '{"stopped": {"life": 1}}'):
        (tmp_path / "watches.json").write_text(damage, encoding="utf-8")
        world.passes(60)
        assert world.run() == 0


@given(st.lists(st.tuples(st.floats(0, DAY_S), st.floats(-1e6, 1e6))))
def test_it_is_never_longer_than_the_time_that_passed(steps: list[tuple[float, float]]) -> None:
    watch, uptime, date = advanced(None, NOW), NOW.uptime, NOW.date
    for seconds, jump in steps:
        uptime, date = uptime + seconds, date + seconds + jump
        watch = advanced(watch, Moment(NOW.life, uptime, date))
    assert abs(watch.elapsed - sum(seconds for seconds, _ in steps)) < 1


def test_this_machine_has_a_moment() -> None:
    first, second = this_moment(), this_moment()
    assert first.life == second.life
    assert second.uptime >= first.uptime
