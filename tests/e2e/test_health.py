"""scripts/health against real sockets on the loopback interface."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HEALTH = [sys.executable, "-m", "operations.health", "--endpoints", "-"]


def entry(name: str, port: int, needs: tuple[str, ...] = (), **probe: Any) -> dict[str, Any]:
    wanted = {"method": "GET", "path": "/", "status": 200, "timeout": 2, **probe}
    scheme = "http" if wanted["method"] == "GET" else "tcp"
    place = {"name": name, "service": name, "host": "local", "url": f"{scheme}://127.0.0.1:{port}"}
    return {**place, "probe": wanted, "route": None, "access": None, "needs": [*needs]}


def health(endpoints: object, *options: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run([*HEALTH, "--json", *options], input=json.dumps(endpoints), capture_output=True, text=True,
                          cwd=ROOT, timeout=60, check=False)  # fmt: skip
    return done.returncode, json.loads(done.stdout or "{}")


def states(answer: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["state"] for one in answer["endpoints"]}


@pytest.fixture
def ports() -> Iterator[list[int]]:
    """Three hundred local endpoints that answer 200."""
    farm = subprocess.Popen([sys.executable, "-m", "bench.targets", "300"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True, cwd=ROOT)  # fmt: skip
    assert farm.stdin and farm.stdout
    yield json.loads(farm.stdout.readline())
    farm.stdin.close()
    farm.stdout.close()
    assert farm.wait(timeout=10) == 0


@pytest.fixture
def mute() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_all_endpoints_are_probed_even_when_open_files_are_few(ports: list[int]) -> None:
    endpoints = json.dumps([entry(f"e{port}", port) for port in ports])
    command = ["sh", "-c", 'ulimit -n 80; exec "$@"', "sh", *HEALTH, "--json"]
    done = subprocess.run(command, input=endpoints, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["summary"] == "300 healthy"


def test_what_needs_a_broken_endpoint_is_not_green(ports: list[int], closed: int) -> None:
    code, answer = health([entry("web", ports[0], ("api",)), entry("api", ports[1], ("db",)), entry("db", closed)])
    assert code == 1
    assert states(answer) == {"web": "degraded", "api": "degraded", "db": "unhealthy"}


def test_a_service_that_takes_the_connection_and_stays_mute_is_unhealthy(mute: int) -> None:
    code, answer = health([entry("stuck", mute, timeout=0.3)])
    assert (code, states(answer)) == (1, {"stuck": "unhealthy"})


def test_a_name_that_does_not_resolve_could_not_be_told() -> None:
    code, answer = health([{**entry("lost", 1), "url": "http://no-such-host.invalid"}])
    assert (code, states(answer)) == (2, {"lost": "unknown"})


def test_localhost_is_tried_on_all_its_addresses(ports: list[int]) -> None:
    code, _ = health([{**entry("web", 1), "url": f"http://localhost:{ports[0]}"}])
    assert code == 0


def test_the_whole_run_has_a_deadline(mute: int) -> None:
    started = time.monotonic()
    code, answer = health([entry("stuck", mute, timeout=30)], "--timeout", "0.5")
    assert (code, states(answer)) == (2, {"stuck": "unknown"})
    assert time.monotonic() - started < 25


def test_plain_text_where_tls_is_expected_is_unhealthy(ports: list[int]) -> None:
    code, answer = health([{**entry("web", 1), "url": f"https://127.0.0.1:{ports[0]}"}])
    assert (code, states(answer)) == (1, {"web": "unhealthy"})


def test_a_tcp_probe_is_content_with_a_connection(mute: int) -> None:
    assert health([entry("port", mute, method="TCP", path="", status=0)])[0] == 0


def test_an_unreadable_list_could_not_be_told() -> None:
    assert health([{"name": "half"}])[0] == 2


def test_an_interrupt_in_the_middle_of_a_sweep_ends_cleanly(mute: int, tmp_path: Path) -> None:
    listed = tmp_path / "endpoints.json"
    listed.write_text(json.dumps([entry("stuck", mute, timeout=30)]))
    with subprocess.Popen([*HEALTH[:-1], str(listed)], stderr=subprocess.PIPE, text=True, cwd=ROOT) as run:
        assert run.stderr
        time.sleep(3)
        os.kill(run.pid, signal.SIGINT)
        assert run.wait(timeout=10) == 2
        assert run.stderr.read() == ""


def test_watch_repeats_and_ends_cleanly_on_interrupt(ports: list[int], tmp_path: Path) -> None:
    listed = tmp_path / "endpoints.json"
    listed.write_text(json.dumps([entry("web", ports[0])]))
    command = [*HEALTH[:-1], str(listed), "--json", "--watch", "0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as watch:
        assert watch.stdout and watch.stderr
        assert '"exit_code": 0' in watch.stdout.readline() and '"exit_code": 0' in watch.stdout.readline()
        os.kill(watch.pid, signal.SIGINT)
        assert watch.wait(timeout=10) == 0
        assert watch.stderr.read() == ""
