"""A container engine on this machine: the running one, or on bare Debian one that is installed and started by hand.

    python -m toolchain.docker_engine ensure|stop|status

Only an engine started here is ever stopped here; it is known by the pid file in the cache.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import docker
from docker.errors import DockerException

from toolchain.debian_packages import PackagesMissing, ensure_program
from toolchain.places import cache

PING_S = 10
START_S = 60
STOP_S = 60
PACKAGES = ["docker.io", "iptables", "iproute2"]


class EngineMissing(Exception):
    """No container engine answers and none can be started from here; the text says what to do."""


def engine_version() -> str | None:
    """The version of the engine named by DOCKER_HOST or behind the default socket; None when none answers."""
    try:
        with closing(docker.from_env(timeout=PING_S)) as client:
            version = client.version()
    except (DockerException, OSError):
        return None
    return str(version["Version"])


def ensure_engine() -> str:
    """Returns the version of an engine that answers, starting one if need be.

    Raises EngineMissing where there is none and this is not a Linux machine run as root.
    """
    version = engine_version()
    if version:
        _ensure_client()
        return version
    if os.environ.get("DOCKER_HOST"):
        raise EngineMissing(
            f"no engine answers at DOCKER_HOST={os.environ['DOCKER_HOST']}: start it or unset DOCKER_HOST"
        )
    if sys.platform != "linux" or os.geteuid() != 0:
        raise EngineMissing(
            "no container engine answers: start Docker (macOS: `colima start`), or run as root on Debian"
        )
    try:
        ensure_program("dockerd", PACKAGES)
        ensure_program("iptables", PACKAGES)
    except PackagesMissing as error:
        raise EngineMissing(str(error)) from error
    _ensure_client()
    return _start()


def _ensure_client() -> None:
    """The docker client: part of docker.io in Debian 12, a package of its own since."""
    try:
        ensure_program("docker", ["docker-cli"])
    except PackagesMissing as error:
        raise EngineMissing(str(error)) from error


def _start() -> str:
    log = cache() / "dockerd.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["dockerd"], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    _pid_file().write_text(f"{process.pid} {_started_at(process.pid)}\n")
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        version = engine_version()
        if version:
            print(f"started dockerd {version} (pid {process.pid}, log {log})", flush=True)
            return version
        if process.poll() is not None:
            _pid_file().unlink()
            raise EngineMissing(f"dockerd ended with exit {process.returncode}; its last words:\n{_tail(log)}")
        time.sleep(0.3)
    raise EngineMissing(f"dockerd does not answer after {START_S} s; its last words:\n{_tail(log)}")


def stop_engine() -> bool:
    """Stops the engine that was started here and waits for its end. False when there is none of ours."""
    pid = own_engine()
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    while own_engine() is not None:
        if time.monotonic() > deadline:
            raise EngineMissing(
                f"dockerd (pid {pid}) still runs {STOP_S} s after SIGTERM; see {cache() / 'dockerd.log'}"
            )
        time.sleep(0.3)
    _pid_file().unlink(missing_ok=True)
    return True


def own_engine() -> int | None:
    """Process id of the engine started here, None when it has ended or its id now belongs to something else."""
    if not _pid_file().exists():
        return None
    pid, _, started_at = _pid_file().read_text().strip().partition(" ")
    return int(pid) if _started_at(int(pid)) == started_at else None


def _started_at(pid: int) -> str:
    """Start time of a process in clock ticks since boot, from /proc (field 22); empty when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def _pid_file() -> Path:
    return cache() / "dockerd.pid"


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="toolchain.docker_engine", description=__doc__.partition("\n")[0])
    parser.add_argument("verb", choices=["ensure", "stop", "status"])
    verb = parser.parse_args(arguments).verb
    try:
        if verb == "ensure":
            print(f"engine {ensure_engine()} answers")
        elif verb == "stop":
            print("stopped" if stop_engine() else "no engine was started here: nothing stopped")
        else:
            version = engine_version()
            print(f"engine {version or 'does not answer'}{', started here' if own_engine() else ''}")
            return 0 if version else 1
    except EngineMissing as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
