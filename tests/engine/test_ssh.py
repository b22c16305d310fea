"""One command on a host: a real sshd, and everything that may be wrong with it."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import resource
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from operations.failure import Failure
from operations.hosts.job import Job
from operations.hosts.many import run_all
from operations.hosts.outcome import Code, Outcome
from operations.ssh import Command, Ended, run
from operations.ssh_login import Login
from operations.ssh_refusal import CutOff, KeyChanged, KeyUnknown, LoginRefused, Unreachable
from settings.host import Ssh
from tests.engine.sshd import Sshd, free_port, running_sshd

SCRIPT = """echo '{"step":"one","status":"ok","detail":""}'; echo '{"summary":{"ok":1}}'"""


def login(folder: Path, server: Sshd, name: str = "mini") -> Login:
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{server.port} {server.host_key}\n")
    files = {"identity_file": str(folder / "user"), "known_hosts_file": str(folder / "known_hosts")}
    ssh = Ssh(user=getpass.getuser(), port=server.port, **files)
    return Login(stack="prod", name=name, address="127.0.0.1", ssh=ssh)


def job(at: Login, script: str = SCRIPT) -> Job:
    return Job(login=at, mode="check", script=script, seconds=60)


def done(at: Login, command: str, stdin: str = "", seconds: float = 30) -> Ended:
    return asyncio.run(run(at, Command(text=command, stdin=stdin, seconds=seconds)))


def key(file: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file], check=True)
    return file.with_suffix(".pub").read_text()


def processes() -> str:
    return subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sshd")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Sshd]:
    with running_sshd(folder) as running:
        yield running


@pytest.fixture
def host(folder: Path, server: Sshd) -> Login:
    return login(folder, server)


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """A port that answers no packet: its queue is full."""
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])


def test_input_output_and_exit_code_arrive_and_the_input_is_in_no_argument(host: Login) -> None:
    ended = done(host, "cat; ps -A -o args= | grep -v grep; echo said >&2; exit 7", stdin="canary 'of' $(id)\n")
    assert (ended.code, ended.said, ended.dropped) == (7, "said\n", 0)
    assert ended.output.startswith("canary 'of' $(id)\n")
    assert "canary" not in ended.output.removeprefix("canary")


def test_a_changed_key_is_refused_with_both_fingerprints(host: Login, server: Sshd, tmp_path: Path) -> None:
    other = key(tmp_path / "other")
    Path(host.ssh.known_hosts_file).write_text(f"{host.place} {other}")
    with pytest.raises(
        KeyChanged, match=r"(?s)recorded 256 (SHA256:\S+).*shown +(SHA256:\S+).*ssh-keygen -R"
    ) as refused:
        done(host, "true")
    shown = subprocess.run(
        ["ssh-keygen", "-lf", "-"], input=server.host_key, capture_output=True, text=True, check=True
    )
    assert shown.stdout.split()[1] in str(refused.value)
    assert "scripts/host trust mini -s prod" in str(refused.value)


def test_an_unknown_key_is_refused_with_its_fingerprint(host: Login) -> None:
    Path(host.ssh.known_hosts_file).write_text("")
    with pytest.raises(KeyUnknown, match=r"(?s)shown +256 SHA256:\S+.*scripts/host trust mini -s prod"):
        done(host, "true")


def test_a_key_that_the_host_does_not_accept_is_named(host: Login, tmp_path: Path) -> None:
    key(tmp_path / "other")
    other = host.ssh.model_copy(update={"identity_file": str(tmp_path / "other")})
    with pytest.raises(LoginRefused, match=r"(?s)Permission denied.*ssh-copy-id -i \S*other\.pub"):
        done(Login(stack="prod", name="mini", address="127.0.0.1", ssh=other), "true")


def test_a_host_that_answers_nothing_fails_in_its_deadline_while_others_finish(folder: Path, server: Sshd) -> None:
    ended: list[str] = []

    def end(outcome: Outcome) -> None:
        ended.append(outcome.host)

    good = login(folder, server, "good")
    with black_hole() as port:
        lost = Login(stack="prod", name="lost", address="127.0.0.1", ssh=good.ssh.model_copy(update={"port": port}))
        started = time.monotonic()
        outcomes = run_all([job(lost), job(good)], end=end)
    assert time.monotonic() - started < 20
    assert [outcome.code for outcome in outcomes] == [Code.UNREACHABLE, Code.OK]
    assert ended == ["good", "lost"]
    assert "lost" in outcomes[0].error and "cannot be reached" in outcomes[0].error


def test_a_host_that_is_starting_is_waited_for(tmp_path: Path) -> None:
    with running_sshd(tmp_path) as server:
        at = login(tmp_path, server)
    over = threading.Event()

    def boot() -> None:
        time.sleep(2)
        with running_sshd(tmp_path, port=server.port):
            over.wait(60)

    with ThreadPoolExecutor() as pool:
        booting = pool.submit(boot)
        try:
            assert done(at, "echo up").output == "up\n"
        finally:
            over.set()
        booting.result()


def test_a_host_that_stays_down_is_given_up(host: Login) -> None:
    down = host.ssh.model_copy(update={"port": free_port()})
    lost = Login(stack="prod", name="mini", address="127.0.0.1", ssh=down)
    with pytest.raises(Unreachable, match="Connection refused"):
        asyncio.run(run(lost, Command(text="true", seconds=9, patience=2)))


def test_twenty_logins_at_once_pass_an_sshd_that_starts_three(tmp_path: Path) -> None:
    with running_sshd(tmp_path, "MaxStartups 3") as server:
        outcomes = run_all([job(login(tmp_path, server, f"host{number}")) for number in range(20)])
    assert [(outcome.code, outcome.error) for outcome in outcomes] == [(Code.OK, "")] * 20


def test_a_gigabyte_of_output_is_counted_and_not_kept(host: Login) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ended = done(host, "head -c 1000000000 /dev/zero | tr '\\0' x; echo end >&2", seconds=240)
    assert (ended.code, ended.said) == (0, "end\n")
    assert (len(ended.output), ended.dropped) == (1_000_000, 999_000_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kilobytes


@pytest.mark.parametrize("trap", ["", "trap '' TERM; "])
def test_what_runs_out_of_time_is_dead_with_all_that_it_started(host: Login, trap: str) -> None:
    with pytest.raises(Failure, match="mini: not done within 2 s: ended"):
        done(host, f"{trap}sleep 4242 & sleep 4243 & wait; sleep 4244", seconds=2)
    assert not [line for line in processes().splitlines() if line.startswith("sleep 424")]


def test_an_interrupted_command_is_dead_with_all_that_it_started(host: Login) -> None:
    async def interrupted() -> None:
        def interrupt(_: str) -> None:
            working.cancel()

        command = Command(text="echo; sleep 4245 & sleep 4246", seconds=60)
        working = asyncio.create_task(run(host, command, interrupt))
        await working

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(interrupted())
    until = time.monotonic() + 10
    while "sleep 424" in processes() and time.monotonic() < until:
        time.sleep(0.2)
    assert "sleep 424" not in processes()


def test_nothing_stays_behind_after_a_command(host: Login) -> None:
    assert done(host, "true", seconds=4321).code == 0
    until = time.monotonic() + 10
    while "4321" in processes() and time.monotonic() < until:
        time.sleep(0.2)
    assert "4321" not in processes()


def test_a_lost_connection_is_told_from_a_failed_command(host: Login) -> None:
    with pytest.raises(CutOff, match="the connection was lost"):
        done(host, "kill -9 $PPID; sleep 5")
    assert done(host, "kill -9 $$").code == 255
