"""The limit of calls holds for all processes together, and stopping has its own share."""

import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.tensordock.client.errors import OutOfTime
from providers.tensordock.client.pace import LONGEST_HOLD_S, WINDOW_S, Pace, delay
from providers.tensordock.client.patience import Patience


class Clock:
    """Time that passes by waiting."""

    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float, cancelled: threading.Event) -> None:
        self.time += seconds


@given(st.lists(st.floats(0, 300), max_size=400), st.integers(1, 90))
def test_no_window_ever_holds_more_calls_than_the_limit(arrivals: list[float], limit: int) -> None:
    sent: list[float] = []
    now = 0.0
    for arrival in sorted(arrivals):
        now = max(now, arrival)
        while wait := delay(sent, now, limit):
            now += wait + 1e-6
        sent.append(now)
        assert len([call for call in sent if now - call < WINDOW_S]) <= limit


def test_a_stop_goes_through_when_the_ordinary_share_is_used_up(tmp_path: Path) -> None:
    clock = Clock()
    pace, patience = Pace("account", tmp_path, calls=10, reserved=3), Patience(30, clock=clock)
    for _ in range(7):
        pace.turn(patience, "GET /x", reserved=False)
    with pytest.raises(OutOfTime):
        pace.turn(patience, "GET /x", reserved=False)
    for _ in range(3):
        pace.turn(patience, "POST /x/stop", reserved=True)
    assert clock.time == 1000
    with pytest.raises(OutOfTime):
        pace.turn(patience, "POST /x/stop", reserved=True)


def test_a_pause_that_the_api_asked_for_holds_for_everybody(tmp_path: Path) -> None:
    clock = Clock()
    Pace("account", tmp_path).hold(clock.now(), 20)
    Pace("account", tmp_path).turn(Patience(100, clock=clock), "GET /x", reserved=True)
    assert clock.time >= 1020


@pytest.mark.parametrize(("asked", "kept"), [(300, 300), (86_400, LONGEST_HOLD_S)])
def test_a_long_pause_is_kept_and_an_endless_one_is_not(tmp_path: Path, asked: float, kept: float) -> None:
    clock = Clock()
    Pace("account", tmp_path).hold(clock.now(), asked)
    Pace("account", tmp_path).turn(Patience(2000, clock=clock), "POST /x/stop", reserved=True)
    assert clock.time == pytest.approx(1000 + kept)


def test_calls_of_before_a_restart_of_the_machine_are_forgotten(tmp_path: Path) -> None:
    clock = Clock()
    pace = Pace("account", tmp_path, calls=2, reserved=1)
    pace.turn(Patience(9, clock=clock), "GET /x", reserved=False)
    pace.hold(clock.now(), 20)
    clock.time = 3
    pace.turn(Patience(9, clock=clock), "GET /x", reserved=False)


def test_a_folder_that_cannot_be_used_does_not_hinder_a_stop(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    Pace("account", file / "folder").turn(Patience(9), "POST /x/stop", reserved=True)


def test_a_full_disk_does_not_hinder_a_stop(tmp_path: Path) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
    try:
        Pace("account", tmp_path).turn(Patience(9), "POST /x/stop", reserved=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        signal.signal(signal.SIGXFSZ, before)


def test_a_cut_off_file_counts_as_empty(tmp_path: Path) -> None:
    pace = Pace("account", tmp_path)
    pace.path.write_text('{"calls": [1.0')
    pace.turn(Patience(9), "GET /x", reserved=False)


def test_processes_share_the_limit(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from providers.tensordock.client.pace import Pace\nfrom providers.tensordock.client.patience import Patience\n"
        "from providers.tensordock.client.errors import OutOfTime\n"
        "pace, sent = Pace('account', Path(sys.argv[1]), calls=30, reserved=10), 0\n"
        "try:\n    while True:\n        pace.turn(Patience(20), 'GET /x', reserved=False)\n        sent += 1\n"
        "except OutOfTime:\n    print(sent)\n"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert sum(int(each.communicate(timeout=60)[0]) for each in started) == 20
