"""What a rented machine tells of its use: what it cannot tell counts as use, and so does what nobody has looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulators.http_server import Handler, serving_http
from tests.unit.hosts.rented_machine import RentedMachine

NOBODY = " 1 0 /sbin/init\n 700 1 sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups\n"
READER = "sshd: user@notty\n 811 810 sh -c exec sudo -n /usr/local/sbin/ai-platform-activity --heartbeat\n"
OTHERS: dict[str, tuple[str, bool]] = {
    "a person at a terminal": (" 800 700 sshd: user@pts/0\n 801 800 -bash\n", True),
    "a person at a terminal of OpenSSH 9.8": (" 800 700 sshd-session: root@pts/3\n", True),
    "a copy of files": (" 800 700 sshd: user@notty\n 801 800 rsync --server -e.LsfxC . /srv\n", True),
    "files through sftp": (" 800 700 sshd: user@internal-sftp\n", True),
    "a forward alone": (" 800 700 sshd: user@notty\n", False),
    "the reader of this activity": (f" 800 700 sshd: user [priv]\n 810 800 {READER}", False),
    "somebody who is not let in yet": (" 800 700 sshd: root [priv]\n 801 800 sshd: root [net]\n", False),
}


@pytest.fixture
def machine(tmp_path: Path) -> RentedMachine:
    made = RentedMachine(tmp_path)
    made.says("ps", NOBODY)
    return made


@pytest.fixture
def gate() -> Iterator[dict[str, Any]]:
    """A gate's answers, by path; `url` is where it listens."""
    answers: dict[str, Any] = {"/activity": (200, {"in_flight": 0, "idle_seconds": 1800.5}), "/close": (200, {})}

    class GateHandler(Handler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = answers[self.path]
            self.reply(status, json.dumps(body).encode())

        def do_POST(self) -> None:
            self.do_GET()

    with serving_http(GateHandler) as answers["url"]:
        yield answers


def waited(machine: RentedMachine, minutes: int) -> None:
    """The minutes pass, with their samples."""
    for _ in range(0, minutes, 3):
        machine.passes(60 * min(3, minutes))
        machine.activity("--sample")


def test_the_first_look_after_a_start_finds_nothing_idle(machine: RentedMachine) -> None:
    assert machine.idle() == {"sessions": 0, "jobs": 0, "gpus": 0}


def test_idle_time_grows_between_looks_and_sampling_prints_nothing(machine: RentedMachine) -> None:
    assert machine.activity("--sample") == {}
    waited(machine, 6)
    machine.passes(30)
    assert machine.idle() == {"sessions": 390, "jobs": 390, "gpus": 390}
    assert machine.activity()["cards"] == [
        {
            "index": 0,
            "utilisation_percent": 0,
            "temperature_c": 40,
            "memory_used_mib": 1000,
            "memory_total_mib": 24564,
        }
    ]


def test_what_nobody_has_looked_at_for_minutes_counts_as_use(machine: RentedMachine) -> None:
    waited(machine, 3)
    machine.passes(181)
    assert machine.idle() == {"sessions": 0, "jobs": 0, "gpus": 0}


@pytest.mark.parametrize("who", OTHERS)
def test_who_counts_as_a_session(machine: RentedMachine, who: str) -> None:
    rows, counts = OTHERS[who]
    waited(machine, 2)
    machine.says("ps", NOBODY + rows)
    machine.passes(60)
    assert (machine.idle()["sessions"] == 0) == counts


def test_a_busy_card_and_a_running_job_are_use_by_themselves(machine: RentedMachine) -> None:
    waited(machine, 6)
    machine.says("nvidia-smi", "0, 3, 60, 900, 24564\n1, 97, 80, 20000, 24564")
    assert machine.idle() == {"sessions": 180, "jobs": 180, "gpus": 0}
    machine.says("docker", "training-7\n")
    found = machine.activity()["sources"]["jobs"]
    assert (found["idle_seconds"], found["detail"]) == (0, "training-7")


def test_use_between_two_looks_of_others_is_kept_by_the_samples(machine: RentedMachine) -> None:
    machine.activity()
    waited(machine, 6)
    machine.says("docker", "job\n")
    waited(machine, 1)
    machine.says("docker", "")
    waited(machine, 3)
    assert machine.idle() == {"sessions": 600, "jobs": 180, "gpus": 600}


def test_a_source_that_cannot_be_read_is_told_and_is_never_idle(machine: RentedMachine) -> None:
    waited(machine, 2)
    machine.says("nvidia-smi", "No devices were found", status=6)
    found = machine.activity()["sources"]["gpus"]
    assert found["idle_seconds"] == 0
    assert "nvidia-smi ended with 6: No devices were found" in found["error"]
    machine.says("nvidia-smi", "0, [N/A], 40, 1, 2")
    assert "error" in machine.activity()["sources"]["gpus"]


def test_a_machine_without_docker_has_no_jobs_in_containers(machine: RentedMachine) -> None:
    machine.lacks("docker")
    assert "error" not in machine.activity()["sources"]["jobs"]


def test_the_gate_tells_its_own_idle_time_and_closes(machine: RentedMachine, gate: dict[str, Any]) -> None:
    machine.gate = gate["url"]
    machine.activity()
    waited(machine, 6)
    assert machine.idle()["gate"] == 1800
    told = machine.activity("--close", "300")
    assert told["closed"] is True


def test_a_close_is_refused_while_anything_is_in_use(machine: RentedMachine, gate: dict[str, Any]) -> None:
    machine.gate = gate["url"]
    waited(machine, 6)
    gate["/close"] = (409, {"in_flight": 1})
    assert machine.activity("--close", "300")["closed"] is False
    gate["/close"] = (200, {})
    machine.says("ps", NOBODY + OTHERS["a person at a terminal"][0])
    assert machine.activity("--close", "300")["closed"] is False


def test_a_gate_that_is_away_is_unknown_and_not_closed(machine: RentedMachine) -> None:
    machine.gate = "http://127.0.0.1:9"
    waited(machine, 6)
    told = machine.activity("--close", "300")
    assert told["closed"] is False
    assert "does not answer" in told["sources"]["gate"]["error"]


def test_a_heartbeat_is_the_uptime_at_which_it_came(machine: RentedMachine) -> None:
    machine.activity("--heartbeat")
    assert float((machine.folder / "run/ai-platform/heartbeat").read_text()) == machine.uptime


def test_a_damaged_memory_is_no_idle_time(machine: RentedMachine) -> None:
    waited(machine, 5)
    (machine.folder / "run/ai-platform/activity.json").write_text('{"uptime": 12', encoding="utf-8")
    assert machine.idle() == {"sessions": 0, "jobs": 0, "gpus": 0}
