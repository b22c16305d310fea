"""The timer on a rented machine: it ends what nobody looks after, and nothing else, over restarts and clock jumps."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from hosts.linux.dead_man import DeadMan
from hosts.linux.spec import LinuxSpec
from hosts.linux.steps import linux_role
from tests.unit.hosts.rented_machine import RentedMachine


@pytest.fixture
def machine(tmp_path: Path) -> RentedMachine:
    return RentedMachine(tmp_path, uptime=60.0, minutes=5)


def ran(machine: RentedMachine, minutes: int, heartbeat: bool = False) -> None:
    for _ in range(minutes):
        if machine.powered_off:
            return
        machine.passes(60)
        if heartbeat:
            (machine.folder / "run/ai-platform").mkdir(parents=True, exist_ok=True)
            (machine.folder / "run/ai-platform/heartbeat").write_text(f"{machine.uptime}\n", encoding="ascii")
        machine.minute()


def test_a_machine_that_is_looked_after_runs_on(machine: RentedMachine) -> None:
    ran(machine, 12, heartbeat=True)
    assert not machine.powered_off


def test_without_a_heartbeat_it_ends_in_the_minute_that_is_due(machine: RentedMachine) -> None:
    ran(machine, 3)
    assert not machine.powered_off
    ran(machine, 1)
    assert machine.powered_off


def test_it_ends_when_heartbeats_stop(machine: RentedMachine) -> None:
    ran(machine, 6, heartbeat=True)
    ran(machine, 4)
    assert not machine.powered_off
    ran(machine, 1)
    assert machine.powered_off


def test_restarts_do_not_begin_the_count_anew(machine: RentedMachine) -> None:
    """A machine in a circle of crashes, each shorter than the limit, ends too."""
    machine.minutes = 15
    for _ in range(2):
        ran(machine, 7)
        assert not machine.powered_off
        machine.restarts()
    ran(machine, 11)
    assert machine.powered_off


def test_a_machine_that_was_ended_and_is_started_again_has_its_time(machine: RentedMachine) -> None:
    ran(machine, 10)
    assert machine.powered_off
    (machine.folder / "calls").unlink()
    machine.restarts()
    ran(machine, 4)
    assert not machine.powered_off
    ran(machine, 1)
    assert machine.powered_off


def test_a_power_off_that_fails_is_forced_and_tried_again(machine: RentedMachine) -> None:
    machine.says("systemctl", "", status=1)
    with pytest.raises(Exception, match="non-zero exit status 1"):
        ran(machine, 5)
    assert [call for call in machine.calls if call.startswith("systemctl")] == [
        "systemctl poweroff",
        "systemctl poweroff --force",
    ]
    machine.says("systemctl", "")
    machine.passes(60)
    assert "no heartbeat" not in machine.minute().stdout
    assert machine.calls.count("systemctl poweroff") == 2


def test_a_damaged_count_is_begun_anew(machine: RentedMachine) -> None:
    ran(machine, 2)
    (machine.folder / "var/lib/ai-platform/dead-man.json").write_text('{"start": 1, "x"', encoding="utf-8")
    ran(machine, 1)
    assert not machine.powered_off


def test_it_reports_to_the_journal_and_the_webhook_before_it_ends(machine: RentedMachine) -> None:
    told: list[dict[str, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        hook = machine.folder / "etc/ai-platform/dead-man.webhook"
        hook.write_text(f"http://127.0.0.1:{server.server_port}/secret-path\n", encoding="utf-8")
        machine.passes(1000)
        ended = machine.minute()
        thread.join(timeout=20)
    assert "dev-inference/gpu: no heartbeat for 18 minutes: powering off" in ended.stdout
    assert told[0]["key"] == "dead-man:dev-inference/gpu"
    assert "secret-path" not in ended.stdout + ended.stderr
    assert machine.powered_off


def test_a_webhook_that_fails_keeps_no_machine(machine: RentedMachine) -> None:
    hook = machine.folder / "etc/ai-platform/dead-man.webhook"
    hook.write_text("http://127.0.0.1:9/secret-path", encoding="utf-8")
    machine.passes(1000)
    ended = machine.minute()
    assert "the webhook was not told" in ended.stderr
    assert "secret-path" not in ended.stdout + ended.stderr
    assert machine.powered_off


def test_an_answer_of_the_webhook_that_is_none_keeps_no_machine(machine: RentedMachine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"220 mail.example.org ESMTP\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        hook = machine.folder / "etc/ai-platform/dead-man.webhook"
        hook.write_text(f"http://127.0.0.1:{server.getsockname()[1]}/secret-path\n", encoding="utf-8")
        machine.passes(1000)
        ended = machine.minute()
        thread.join(timeout=20)
    assert "the webhook was not told" in ended.stderr
    assert "secret-path" not in ended.stdout + ended.stderr
    assert machine.powered_off


def test_a_full_disk_keeps_no_machine(machine: RentedMachine) -> None:
    (machine.folder / "var/lib").mkdir(parents=True, exist_ok=True)
    # What stands in the way of the folder fails as a full disk does.
    (machine.folder / "var/lib/ai-platform").write_text("")
    ran(machine, 4)
    assert machine.powered_off


def test_a_heartbeat_of_an_earlier_life_does_not_count(machine: RentedMachine) -> None:
    (machine.folder / "run/ai-platform").mkdir(parents=True, exist_ok=True)
    (machine.folder / "run/ai-platform/heartbeat").write_text("90000.0\n", encoding="ascii")
    ran(machine, 4)
    assert machine.powered_off


def test_the_timer_is_set_before_anything_else_of_a_role() -> None:
    spec = LinuxSpec(user="user", dead_man=DeadMan(name="m", minutes=60, gate_port=11435, webhook="alert-webhook"))
    role = linux_role(spec)
    names = [step.name for step in role.steps]
    assert names[:8] == [
        "directory /etc/ai-platform",
        "file /etc/ai-platform/activity.json",
        "file /etc/ai-platform/dead-man.json",
        "file /usr/local/sbin/ai-platform-activity",
        "file /usr/local/sbin/ai-platform-dead-man",
        "file /etc/ai-platform/dead-man.webhook",
        "unit ai-platform-dead-man.service",
        "unit ai-platform-dead-man.timer",
    ]
    assert role.secrets == ("alert-webhook",)
    assert '"gate": "http://127.0.0.1:11435"' in role.steps[1].arguments[4]
