"""What is to be done about one machine. Pure.

What cannot be told is never idle and never gone. It becomes a reason to stop only when it has lasted too long and a
budget is nearly used up as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from operations.gpu.budget import Level, level, used_up
from operations.gpu.reaper.facts import Activity, Card, Case, Unread
from operations.gpu.stopping import Meter, meter
from providers.tensordock.client.status import LOST

WARM_C: Final = 75
HOT_C: Final = 85
FILLING_PERCENT: Final = 80
FULL_PERCENT: Final = 95
HOT_S: Final = 120.0
"""A card that is too hot for so long is switched off."""
FULL_S: Final = 900.0
"""Models may fill a card for a while; one that stays full fails soon."""
LOST_S: Final = 1800.0
DAY_S: Final = 86_400.0


class Action(StrEnum):
    """What is done."""

    KEEP = "keep"
    STOP_IF_IDLE = "stop if idle"
    """Closes the gate first, which a request in the last moment prevents."""
    STOP = "stop"
    """Whoever uses it."""
    DESTROY = "destroy"
    """The stack that it belongs to."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What people are to know. `key` is the same for the same thing."""

    key: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The action, why, and after how many seconds another look may decide otherwise."""

    action: Action
    reasons: tuple[str, ...]
    notices: tuple[Notice, ...] = ()
    look_again: float = DAY_S


def decide(case: Case) -> Verdict:
    """The verdict on one machine that exists."""
    if case.machine.stopped:
        return _stopped(case)
    if case.machine.status in LOST:
        return _lost(case)
    if spent := used_up(case.standings):
        return Verdict(action=Action.STOP, reasons=tuple(f"spent {each.describe()}" for each in spent))
    if isinstance(case.activity, Unread) or case.activity.unknown:
        return _unknown(case)
    return _running(case, case.activity)


def health(activity: Activity | Unread) -> tuple[bool, bool]:
    """Whether a card is too hot, and whether one is too full."""
    cards = () if isinstance(activity, Unread) else activity.cards
    return (
        any(card.temperature_c >= HOT_C for card in cards),
        any(card.memory_percent >= FULL_PERCENT for card in cards),
    )


def _stopped(case: Case) -> Verdict:
    month = [each for each in used_up(case.standings) if each.period == "month"]
    left = case.limits.stopped_days * DAY_S - case.history.stopped
    if meter(case.limits.running_micro_usd, case.machine.hourly_micro_usd) is Meter.GOES_ON:
        reason = "it is stopped, and its card is paid for all the same"
        return Verdict(action=Action.DESTROY, reasons=(reason,), notices=(Notice("meter-goes-on", reason),))
    if month:
        return Verdict(action=Action.DESTROY, reasons=tuple(f"spent {each.describe()}" for each in month))
    if left <= 0:
        reason = f"stopped for {case.limits.stopped_days} days, and its disk is paid for"
        return Verdict(action=Action.DESTROY, reasons=(reason,))
    return Verdict(action=Action.KEEP, reasons=(f"stopped; destroyed in {_span(left)}",), look_again=left)


def _lost(case: Case) -> Verdict:
    reason = f"TensorDock says {case.machine.status}: it will not come back by itself, and may cost money"
    notices = (Notice(f"lost-{case.machine.status}", reason),)
    left = LOST_S - case.history.lost
    if left <= 0:
        return Verdict(action=Action.DESTROY, reasons=(reason,), notices=notices)
    return Verdict(action=Action.KEEP, reasons=(reason,), notices=notices, look_again=left)


def _unknown(case: Case) -> Verdict:
    cause = case.activity.cause if isinstance(case.activity, Unread) else case.activity.unknown
    reason = f"nobody can tell whether it is in use: {cause}"
    left = case.limits.unknown_minutes * 60 - case.history.unknown
    worse = _worn(case)
    if worse.action is not Action.KEEP:
        return worse
    if left > 0:
        look_again = min(left, worse.look_again)
        return Verdict(action=Action.KEEP, reasons=(reason,), notices=worse.notices, look_again=look_again)
    notice = Notice("unknown", f"{reason}, for {_span(case.history.unknown)}")
    if level(case.standings) >= Level.ALERT:
        spent = max(case.standings, key=lambda each: each.percent)
        reasons = (notice.text, f"spent {spent.describe()}")
        return Verdict(action=Action.STOP, reasons=reasons, notices=(*worse.notices, notice))
    return Verdict(action=Action.KEEP, reasons=(reason,), notices=(*worse.notices, notice), look_again=worse.look_again)


def _running(case: Case, activity: Activity) -> Verdict:
    worse = _worn(case)
    if worse.action is not Action.KEEP:
        return worse
    limit = case.limits.idle_minutes * 60
    if case.idle_seconds >= limit:
        reason = f"idle for {_span(case.idle_seconds)}"
        return Verdict(action=Action.STOP_IF_IDLE, reasons=(reason,), notices=worse.notices)
    left = limit - case.idle_seconds
    reason = f"last used {_span(case.idle_seconds)} ago ({activity.in_use}); stopped in {_span(left)}"
    return Verdict(action=Action.KEEP, reasons=(reason,), notices=worse.notices, look_again=min(left, worse.look_again))


def _worn(case: Case) -> Verdict:
    """What the cards alone ask for."""
    if isinstance(case.activity, Unread):
        return Verdict(action=Action.KEEP, reasons=())
    hot, full = health(case.activity)
    notices = [
        *_notices(case.activity, "temperature", lambda card: card.temperature_c, (WARM_C, HOT_C), "C"),
        *_notices(case.activity, "memory", lambda card: card.memory_percent, (FILLING_PERCENT, FULL_PERCENT), "%"),
    ]
    reasons: list[str] = []
    look_again = DAY_S
    for ill, since, patience, what in (
        (hot, case.history.hot, HOT_S, f"a card is at {HOT_C} C or more"),
        (full, case.history.full, FULL_S, f"a card's memory is full to {FULL_PERCENT} % or more"),
    ):
        if ill and since >= patience:
            reasons.append(f"{what}, for {_span(since)}")
        elif ill:
            look_again = min(look_again, patience - since)
    action = Action.STOP if reasons else Action.KEEP
    return Verdict(action=action, reasons=tuple(reasons), notices=tuple(notices), look_again=look_again)


def _notices(
    activity: Activity, name: str, value: Callable[[Card], int], steps: tuple[int, int], unit: str
) -> list[Notice]:
    found = []
    for card in activity.cards:
        if reached := [step for step in steps if value(card) >= step]:
            text = f"card {card.index}: {name} {value(card)} {unit} (limits {steps[0]} and {steps[1]} {unit})"
            found.append(Notice(f"{name}-{card.index}-{reached[-1]}", text))
    return found


def _span(seconds: float) -> str:
    """Seconds, minutes, hours or days, for people."""
    for size, unit in ((DAY_S, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
