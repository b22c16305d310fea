from itertools import count

import pytest

from bench import measure
from bench.goals import Goal, read_goals
from bench.measure import Measurement, Pair, Round, interleave


def test_the_order_of_the_arms_alternates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "cpu_pressure", lambda: 0.0)
    order: list[str] = []

    def ours() -> float:
        order.append("a")
        return 1.0

    def reference() -> float:
        order.append("b")
        return 1.0

    interleave(ours, reference, rounds=4)
    assert "".join(order[2:]) == "abbaabba"


def test_the_first_run_of_each_arm_does_not_count() -> None:
    slow_start = count(100, -1)
    pair = interleave(lambda: float(next(slow_start)), lambda: 1.0, rounds=1)
    assert pair.ours == 99.0


def test_rounds_under_pressure_are_left_out_while_enough_are_clean() -> None:
    clean, noisy = Round(1.0, 2.0, 5.0), Round(9.0, 2.0, 80.0)
    pair = Pair((clean, clean, clean, noisy))
    assert pair.ratio == 0.5
    assert "1 noisy rounds left out" in pair.note()


def test_with_too_few_clean_rounds_all_count_and_the_note_says_so() -> None:
    pair = Pair((Round(1.0, 2.0, 5.0), Round(9.0, 2.0, 80.0), Round(9.0, 2.0, 80.0)))
    assert pair.ratio == 4.5
    assert "2 noisy rounds kept, too few others" in pair.note()


@pytest.mark.parametrize(
    ("better", "ratio", "verdict"),
    [
        ("lower", 0.5, "goal"), ("lower", 0.9, "floor"), ("lower", 1.1, "missed"),
        ("higher", 1.0, "goal"), ("higher", 0.5, "floor"), ("higher", 0.4, "missed"),
    ],
)  # fmt: skip
def test_a_verdict_follows_the_direction_of_the_goal(better: str, ratio: float, verdict: str) -> None:
    bounds = {"goal": 0.5, "floor": 1.0} if better == "lower" else {"goal": 1.0, "floor": 0.5}
    goal = Goal.model_validate({"name": "x", "ours": "a", "reference": "b", "better": better, **bounds})
    assert goal.verdict(Measurement(ratio, 1.0, ratio, "s", "")) == verdict


def test_every_goal_is_readable_and_its_goal_is_beyond_its_floor() -> None:
    goals = read_goals()
    assert goals
    for goal in goals.values():
        assert goal.goal <= goal.floor if goal.better == "lower" else goal.goal >= goal.floor
