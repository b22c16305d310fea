"""An alert is told once by every channel and period; one that cannot be told is loud and stops nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from operations.failure import Failure
from operations.gpu.alerts import webhook as webhook_module
from operations.gpu.alerts.alert import Alert, Channel, Undelivered, budget_alerts
from operations.gpu.alerts.memory import AlertMemory
from operations.gpu.alerts.telling import Herald, Log
from operations.gpu.alerts.webhook import Webhook
from operations.gpu.budget import Level, Spent, Standing, level, standings, used_up
from settings.budget import Budget
from simulators.http_server import Handler, serving_http

ALERT = Alert("k", "prod", "prod: subject", "text")
PATH = "/hooks/canary-of-the-address"


@dataclass
class Heard:
    """A channel that takes alerts, or fails."""

    name: str
    problem: Exception | None = None
    alerts: list[Alert] = field(default_factory=list)
    wait: Callable[[], Any] | None = None

    def send(self, alert: Alert) -> None:
        if self.wait:
            self.wait()
        if self.problem:
            raise self.problem
        self.alerts.append(alert)


def herald(folder: Path, *channels: Channel, deadline_s: float = 30) -> Herald:
    return Herald(channels, AlertMemory(folder / "alerts" / "prod.json"), deadline_s)


@contextmanager
def hook(statuses: list[int], *, silent: bool = False) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server that answers with these, one after the other; `silent`: with nothing. Its address, and what it got."""
    got: list[dict[str, Any]] = []
    ended = threading.Event()

    class HookHandler(Handler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            if silent:
                ended.wait(30)
                return
            self.reply(statuses[min(len(got), len(statuses)) - 1], b"", Location="http://127.0.0.1:9/elsewhere")

    with serving_http(HookHandler) as url:
        try:
            yield f"{url}{PATH}", got
        finally:
            ended.set()


def webhook(url: str) -> Webhook:
    return Webhook(lambda: url, pauses_s=(0, 0))


def test_a_webhook_gets_what_chat_services_show() -> None:
    with hook([204]) as (url, got):
        webhook(url).send(ALERT)
    assert got == [{"text": "prod: subject\ntext", "subject": "prod: subject", "key": "k", "environment": "prod"}]


def test_a_webhook_in_trouble_is_tried_again() -> None:
    with hook([500, 503, 200]) as (url, got):
        webhook(url).send(ALERT)
    assert len(got) == 3


@pytest.mark.parametrize(("statuses", "tries"), [([500], 3), ([429], 3), ([404], 1), ([302], 1)])
def test_a_webhook_that_fails_is_told_without_its_address(statuses: list[int], tries: int) -> None:
    with hook(statuses) as (url, got), pytest.raises(Undelivered) as failed:
        webhook(url).send(ALERT)
    assert str(failed.value) == f"127.0.0.1: HTTP {statuses[0]}"
    assert len(got) == tries
    assert PATH not in repr(webhook(url))


def test_a_webhook_that_never_answers_ends_with_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_module, "ANSWER_S", 0.2)
    with hook([], silent=True) as (url, got), pytest.raises(Undelivered, match="no answer"):
        webhook(url).send(ALERT)
    assert len(got) == 3


@pytest.mark.parametrize("url", ["http://example.org/x", "ftp://example.org/x", "nonsense", ""])
def test_an_alert_travels_encrypted_or_stays_on_this_machine(url: str) -> None:
    with pytest.raises(Undelivered, match="no https:// address"):
        webhook(url).send(ALERT)


def test_an_alert_is_told_once_by_each_channel_and_a_failed_one_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = Heard("mail"), Heard("webhook", Undelivered("HTTP 500"))
    assert herald(tmp_path, good, bad).tell(ALERT) == ["ALERT NOT DELIVERED by webhook: HTTP 500"]
    assert "NOT DELIVERED by webhook" in capsys.readouterr().err
    bad.problem = None
    assert herald(tmp_path, good, bad).tell(ALERT) == []
    assert herald(tmp_path, good, bad).tell(ALERT) == []
    assert (len(good.alerts), len(bad.alerts)) == (1, 1)


@pytest.mark.parametrize("problem", [Undelivered("x"), Failure("x", "y"), OSError("x"), ValueError("x")])
def test_no_failed_alert_raises(tmp_path: Path, problem: Exception) -> None:
    assert len(herald(tmp_path, Heard("mail", problem)).tell(ALERT)) == 1


def test_a_channel_that_hangs_holds_nobody_up(tmp_path: Path) -> None:
    released = threading.Event()
    good, hanging = Heard("mail"), Heard("webhook", wait=lambda: released.wait(30))
    assert herald(tmp_path, hanging, good, deadline_s=0.2).tell(ALERT) == [
        "ALERT NOT DELIVERED by webhook: not done within 0 s"
    ]
    released.set()
    assert good.alerts == [ALERT]


def test_a_memory_that_cannot_be_read_or_written_tells_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts" / "prod.json").write_text("{")
    good = Heard("mail")
    assert herald(tmp_path, good).tell(ALERT) == []
    assert "cannot be read" in capsys.readouterr().err
    assert herald(tmp_path, good).tell(ALERT) == []
    assert len(good.alerts) == 1
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert len(Herald([good], AlertMemory(blocked / "prod.json")).tell(ALERT)) == 1


def test_the_log_is_a_channel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        herald(tmp_path, Log()).tell(ALERT)
    assert capsys.readouterr().err == "ALERT prod: subject\ntext\n"


def spent(today: int, month: int) -> Spent:
    return Spent(day="2026-11-21", today=today, month="2026-11", this_month=month)


@pytest.mark.parametrize(
    ("micros", "expected"),
    [(0, Level.FINE), (2_499_999, Level.FINE), (2_500_000, Level.WARN), (3_999_999, Level.WARN),
     (4_000_000, Level.ALERT), (4_999_999, Level.ALERT), (5_000_000, Level.STOP), (99_000_000, Level.STOP)],
)  # fmt: skip
def test_steps_are_reached_at_exactly_50_80_and_100_percent(micros: int, expected: Level) -> None:
    day, month = standings(spent(micros, 0), Budget(day_usd=5, month_usd=50))
    assert (day.level, month.level, level((day, month))) == (expected, Level.FINE, expected)
    assert used_up((day, month)) == ([day] if expected is Level.STOP else [])


def test_the_highest_step_of_each_budget_is_told_once_a_period() -> None:
    found = standings(spent(4_100_000, 50_000_000), Budget(day_usd=5, month_usd=50))
    alerts = budget_alerts("prod", found)
    assert [each.key for each in alerts] == ["budget:day:2026-11-21:80", "budget:month:2026-11:100"]
    assert "4.10 of 5 USD of the day 2026-11-21 (82 %)" in alerts[0].text
    assert budget_alerts("prod", standings(spent(0, 0), Budget(day_usd=5, month_usd=50))) == []


def test_what_is_left_is_never_below_zero() -> None:
    assert Standing(period="day", key="x", spent=7, limit=5).left == 0
