"""What the reaper decides: unknown is never idle, use is never cut for idleness, and money always ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.gpu.reaper.decision import FULL_S, HOT_S, LOST_S, Action, Verdict, decide
from operations.gpu.reaper.facts import Case, Unread, parsed
from providers.tensordock.client.status import LOST, STOPPED, Status
from tests.unit.gpu.cases import active, case, machine, spent

DAY = 86_400.0
SILENT = Unread("no login within 30 s")

TABLE: dict[str, tuple[Case, Action, str]] = {
    "in use": (case(activity=active(12)), Action.KEEP, "last used 12 seconds ago (gate)"),
    "idle for a second less": (case(activity=active(1799)), Action.KEEP, "stopped in 1 seconds"),
    "idle": (case(activity=active(1800)), Action.STOP_IF_IDLE, "idle for 30 minutes"),
    "one source does not tell": (case(activity=active(9000, error="away")), Action.KEEP, "nobody can tell"),
    "nothing is told": (case(activity=SILENT), Action.KEEP, "no login within 30 s"),
    "nothing is told for long": (case(activity=SILENT, unknown=7200), Action.KEEP, "nobody can tell"),
    "nothing is told, little money left": (case(activity=SILENT, money=spent(4.5)), Action.KEEP, "nobody can tell"),
    "nothing is told for long, little money left": (
        case(activity=SILENT, money=spent(4.5), unknown=3600),
        Action.STOP,
        "spent 4.50 of 5 USD",
    ),
    "the day is used up": (case(money=spent(5)), Action.STOP, "spent 5.00 of 5 USD of the day"),
    "the month is used up": (case(money=spent(1, 50)), Action.STOP, "of the month"),
    "stopped, the day is used up": (case(machine(Status.STOPPED, 20_000), money=spent(5)), Action.KEEP, "stopped"),
    "stopped, the month is used up": (
        case(machine(Status.STOPPED, 20_000), money=spent(1, 50)),
        Action.DESTROY,
        "of the month",
    ),
    "stopped": (case(machine(Status.STOPPED, 20_000), stopped=DAY), Action.KEEP, "destroyed in 6 days"),
    "stopped for a week": (case(machine(Status.STOPPED, 20_000), stopped=7 * DAY), Action.DESTROY, "for 7 days"),
    "stopped, the meter goes on": (case(machine(Status.STOPPED, 400_000)), Action.DESTROY, "its card is paid for"),
    "stopped, nobody says what it costs": (case(machine(Status.STOPPED, None)), Action.KEEP, "stopped"),
    "lost": (case(machine(Status.ERROR)), Action.KEEP, "will not come back"),
    "lost for long": (case(machine(Status.ERROR), lost=LOST_S), Action.DESTROY, "will not come back"),
    "hot": (case(activity=active(temperature_c=85)), Action.KEEP, "last used"),
    "hot for long": (case(activity=active(temperature_c=85), hot=HOT_S), Action.STOP, "85 C or more"),
    "full": (case(activity=active(memory_used_mib=95)), Action.KEEP, "last used"),
    "full for long": (case(activity=active(memory_used_mib=95), full=FULL_S), Action.STOP, "95 % or more"),
    "starting": (case(machine(Status.STARTING), activity=Unread("it is starting")), Action.KEEP, "it is starting"),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_a_case_leads_to_this_action_for_this_reason(name: str) -> None:
    of, action, reason = TABLE[name]
    verdict = decide(of)
    assert verdict.action is action
    assert reason in "; ".join(verdict.reasons)


@pytest.mark.parametrize(
    ("card", "keys"),
    [
        ({"temperature_c": 74, "memory_used_mib": 79}, []),
        ({"temperature_c": 75}, ["temperature-0-75"]),
        ({"temperature_c": 85}, ["temperature-0-85"]),
        ({"memory_used_mib": 80}, ["memory-0-80"]),
        ({"memory_used_mib": 95, "temperature_c": 90}, ["temperature-0-85", "memory-0-95"]),
    ],
)
def test_cards_are_told_of_before_anything_is_stopped(card: dict[str, Any], keys: list[str]) -> None:
    verdict = decide(case(activity=active(**card)))
    assert [notice.key for notice in verdict.notices] == keys
    assert verdict.action is Action.KEEP


def test_what_a_machine_prints_is_read_or_is_no_activity() -> None:
    told = parsed('{"uptime_seconds": 9, "sources": {"gate": {"idle_seconds": 5}, "jobs": {"idle_seconds": 2}}}')
    assert not isinstance(told, Unread)
    assert (told.idle_seconds, told.used_at) == (2, 7)
    for text in ("", "sudo: a password is required", "{}", '{"uptime_seconds": 1, "sources": {}}', "[" * 10_000):
        assert isinstance(parsed(text), Unread)


money = st.builds(spent, st.floats(0, 10), st.floats(0, 100))
seconds = st.floats(0, 30 * DAY)
activities = st.one_of(
    st.just(SILENT),
    st.builds(
        active,
        seconds,
        error=st.sampled_from(["", "away"]),
        temperature_c=st.integers(0, 110),
        memory_used_mib=st.integers(0, 100),
    ),
)
machines = st.builds(machine, st.sampled_from(list(Status)), st.sampled_from([None, 0, 20_000, 400_000]))
cases = st.builds(
    case, machines, activities, money, st.none(),
    stopped=seconds, unknown=seconds, lost=seconds, hot=st.floats(0, 1000), full=st.floats(0, 2000),
)  # fmt: skip


def rich(of: Case) -> bool:
    return all(each.percent < 80 for each in of.standings)


def ill(of: Case) -> bool:
    return not isinstance(of.activity, Unread) and any(
        card.temperature_c >= 85 or card.memory_percent >= 95 for card in of.activity.cards
    )


@given(cases)
@settings(max_examples=400, deadline=None)
def test_what_cannot_be_told_is_stopped_only_where_little_money_is_left(of: Case) -> None:
    up = of.machine.status not in STOPPED | LOST
    if up and (isinstance(of.activity, Unread) or of.activity.unknown) and rich(of) and not ill(of):
        assert decide(of).action is Action.KEEP


@given(cases)
@settings(max_examples=400, deadline=None)
def test_what_runs_is_never_destroyed_at_once(of: Case) -> None:
    if of.machine.status not in STOPPED | LOST:
        assert decide(of).action is not Action.DESTROY


@given(cases)
@settings(max_examples=400, deadline=None)
def test_a_used_up_budget_ends_everything_that_runs(of: Case) -> None:
    if any(each.percent >= 100 for each in of.standings) and of.machine.status not in STOPPED | LOST:
        assert decide(of).action is Action.STOP


@given(cases)
@settings(max_examples=400, deadline=None)
def test_nobody_who_works_is_stopped_for_idleness(of: Case) -> None:
    if of.idle_seconds < 1800:
        assert decide(of).action is not Action.STOP_IF_IDLE


@given(cases)
@settings(max_examples=400, deadline=None)
def test_every_verdict_has_a_reason_and_every_wait_an_end(of: Case) -> None:
    verdict = decide(of)
    assert verdict.reasons
    assert verdict.look_again > 0


@given(st.floats(0, 1799.99), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_the_next_look_is_the_moment_at_which_the_limit_is_reached(idle: float, part: float) -> None:
    def at(seconds: float) -> Verdict:
        return decide(case(activity=active(idle + seconds)))

    wait = at(0).look_again
    assert at(wait * part * 0.999).action is Action.KEEP
    assert at(wait + 0.001).action is Action.STOP_IF_IDLE


def test_limits_of_a_machine_are_its_own() -> None:
    of = case(activity=active(700))
    assert decide(of).action is Action.KEEP
    assert decide(replace(of, limits=replace(of.limits, idle_minutes=10))).action is Action.STOP_IF_IDLE
