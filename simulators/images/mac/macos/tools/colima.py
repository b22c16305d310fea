"""colima(1): the Docker engine in its virtual machine (abiosoft/colima cmd/*.go, app/app.go).

Messages go to standard error, as colima's log does. Settings are kept in ~/.colima/default; a change of them
is ignored while the machine runs.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from .vm import answers

HOME = Path.home() / ".colima/default"
ENGINE = HOME / "docker.sock"
SETTINGS = HOME / "colima.json"
GIB = 1024**3
END = {signal.SIGTERM, signal.SIGINT}


def main(arguments: list[str]) -> int:
    """start, stop, status or list."""
    options = _parser().parse_args(arguments)
    commands = {"start": _start, "stop": _stop, "status": _status, "list": _list}
    return commands[options.command](options)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="colima")
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("start")
    start.add_argument("--cpus", "--cpu", type=int, default=2)
    start.add_argument("--memory", type=float, default=2)
    start.add_argument("--disk", type=int, default=100)
    start.add_argument("--vm-type", default="vz")
    start.add_argument("--mount-type", default="virtiofs")
    start.add_argument("--mount", action="append", default=[])
    start.add_argument("--foreground", "-f", action="store_true")
    commands.add_parser("stop").add_argument("--force", "-f", action="store_true")
    commands.add_parser("status").add_argument("--json", action="store_true")
    commands.add_parser("list").add_argument("--json", action="store_true")
    return parser


def _say(level: str, text: str) -> None:
    print(f'level={level} msg="{text}"', file=sys.stderr, flush=True)


def _start(options: Namespace) -> int:
    if answers(ENGINE):
        _say("warning", "already running, ignoring")
    else:
        _say("info", "starting colima")
        HOME.mkdir(parents=True, exist_ok=True)
        settings = {"cpus": options.cpus, "memory": int(options.memory * GIB), "disk": options.disk * GIB}
        SETTINGS.write_text(json.dumps(settings))
        if _vm("start", str(ENGINE)) != 0:
            _say("fatal", "error starting vm")
            return 1
        _use_context()
        _say("info", "done")
    if options.foreground:
        _say("info", "keeping Colima in the foreground, press ctrl+c to exit...")
        signal.pthread_sigmask(signal.SIG_BLOCK, END)
        signal.sigwait(END)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, END)
        return _stop(options)
    return 0


def _vm(*arguments: str) -> int:
    return subprocess.run(["sudo", "-n", "/opt/simulator/libexec/vm", *arguments], check=False).returncode


def _use_context() -> None:
    docker = "/opt/homebrew/bin/docker"
    if not Path(docker).exists():
        return
    contexts = subprocess.run([docker, "context", "ls", "-q"], capture_output=True, check=True).stdout
    if b"colima" not in contexts.split():
        create = [docker, "context", "create", "colima", "--docker", f"host=unix://{ENGINE}"]
        subprocess.run(create, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([docker, "context", "use", "colima"], check=True, stdout=subprocess.DEVNULL)


def _stop(_options: Namespace) -> int:
    _say("info", "stopping colima")
    status = _vm("stop")
    _say("info", "done")
    return status


def _status(options: Namespace) -> int:
    if not answers(ENGINE):
        _say("fatal", "colima is not running")
        return 1
    if options.json:
        facts = {"display_name": "colima", "driver": "macOS Virtualization.Framework", "arch": "aarch64"}
        facts |= {"runtime": "docker", "mount_type": "virtiofs", "docker_socket": f"unix://{ENGINE}"}
        print(json.dumps(facts | json.loads(SETTINGS.read_text())))
        return 0
    _say("info", "colima is running using macOS Virtualization.Framework")
    _say("info", f"docker socket: unix://{ENGINE}")
    return 0


def _list(_options: Namespace) -> int:
    if SETTINGS.exists():
        status = "Running" if answers(ENGINE) else "Stopped"
        instance = {"name": "default", "status": status, "arch": "aarch64", "runtime": "docker"}
        print(json.dumps(instance | json.loads(SETTINGS.read_text())))
    return 0
