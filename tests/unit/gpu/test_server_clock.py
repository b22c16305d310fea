"""Money is counted by the clock of those who ask for it."""

import time
from email.utils import formatdate

import pytest
import requests

from operations.gpu import server_clock
from operations.gpu.server_clock import AGAIN_S, DAY_S, ServerClock

URL = "https://example.org/api/v2"
TRUE = 1_800_000_000.0


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A server whose clock is right; the requests that it got."""
    seen: list[str] = []

    def head(url: str, **_: object) -> requests.Response:
        seen.append(url)
        answer = requests.Response()
        answer.status_code = 404
        answer.headers["Date"] = formatdate(TRUE, usegmt=True)
        return answer

    monkeypatch.setattr(requests, "head", head)
    monkeypatch.setattr(server_clock, "uptime", lambda: 1000.0)
    return seen


@pytest.mark.parametrize("days", [3, -400])
def test_a_clock_that_is_wrong_here_is_told_and_not_used(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], days: int
) -> None:
    monkeypatch.setattr(time, "time", lambda: TRUE + days * DAY_S)
    clock = ServerClock(URL)
    assert clock() == clock() == TRUE
    assert asked == [URL]
    assert f"{abs(days)}.00 days {'ahead of' if days > 0 else 'behind'} TensorDock's" in capsys.readouterr().err


def test_clocks_that_agree_count_seconds_exactly(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(time, "time", lambda: TRUE + 2.6)
    assert ServerClock(URL)() == TRUE + 2
    assert capsys.readouterr().err == ""


def test_a_jump_of_this_machine_s_clock_changes_nothing(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: TRUE)
    clock = ServerClock(URL)
    assert clock() == TRUE
    monkeypatch.setattr(time, "time", lambda: TRUE + 30 * DAY_S)
    monkeypatch.setattr(server_clock, "uptime", lambda: 1060.0)
    assert clock() == TRUE + 60
    monkeypatch.setattr(server_clock, "uptime", lambda: 1061.0 + AGAIN_S)
    assert clock() == TRUE and len(asked) == 2


def test_a_server_that_does_not_say_leaves_this_machine_s_clock(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: TRUE + 5 * DAY_S)

    def silent(*_: object, **__: object) -> requests.Response:
        raise requests.ConnectionError

    monkeypatch.setattr(requests, "head", silent)
    assert ServerClock(URL)() == TRUE + 5 * DAY_S
    monkeypatch.setattr(requests, "head", lambda *_, **__: requests.Response())
    assert ServerClock(URL)() == TRUE + 5 * DAY_S
