"""colima(1): the Docker engine in its virtual machine (abiosoft/colima cmd/*.go, app/app.go, environment/vm/lima).

Messages go to standard error, as colima's log does without a terminal. Settings are kept in ~/.colima/default; a change
of them is ignored while the machine runs. Faults: see macos/colima_state.py.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from .. import colima_state
from ..bsd import HIDDEN
from ..colima_options import parser
from ..colima_state import ENGINE, GIB, TROUBLES

END = {signal.SIGTERM, signal.SIGINT}
DRIVER = "macOS Virtualization.Framework"


def main(arguments: list[str]) -> int:
    """start, stop, status or list."""
    options = parser().parse_args(arguments)
    commands = {"start": _start, "stop": _stop, "status": _status, "list": _list}
    return commands[options.command](options)


def _say(level: str, text: str) -> None:
    print(f'level={level} msg="{text}"', file=sys.stderr, flush=True)


def _start(options: Namespace) -> int:
    if colima_state.state() == "Running":
        _say("warning", "already running, ignoring")
    elif not _started(options):
        return 1
    if options.foreground:
        _say("info", "keeping Colima in the foreground, press ctrl+c to exit...")
        signal.pthread_sigmask(signal.SIG_BLOCK, END)
        signal.sigwait(END)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, END)
        return _stop(options)
    return 0


def _started(options: Namespace) -> bool:
    _say("info", "starting colima")
    trouble = colima_state.trouble()
    if trouble is None:
        colima_state.remember(cpus=options.cpus, memory_gib=options.memory, disk_gib=options.disk)
        trouble = "error starting vm" if _vm("start", str(ENGINE)) != 0 else None
    if trouble is not None:
        _say("fatal", trouble)
        return False
    _use_context()
    _say("info", "done")
    return True


def _vm(*arguments: str) -> int:
    return subprocess.run([HIDDEN / "sudo", "-n", "/opt/simulator/libexec/vm", *arguments], check=False).returncode


def _use_context() -> None:
    docker = "/opt/homebrew/bin/docker"
    if not Path(docker).exists():
        return
    contexts = subprocess.run([docker, "context", "ls", "-q"], capture_output=True, check=True).stdout
    if b"colima" not in contexts.split():
        create = [docker, "context", "create", "colima", "--docker", f"host=unix://{ENGINE}"]
        subprocess.run(create, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([docker, "context", "use", "colima"], check=True, stdout=subprocess.DEVNULL)


def _stop(options: Namespace) -> int:
    _say("info", "stopping colima")
    trouble = colima_state.trouble()
    if trouble is not None and not options.force:
        _say("fatal", trouble)
        return 1
    status = _vm("stop")
    colima_state.mend(*TROUBLES)
    _say("info", "done")
    return status


def _status(options: Namespace) -> int:
    state, settings = colima_state.state(), colima_state.settings()
    if state != "Running" or settings is None:
        _say("fatal", TROUBLES["colima-broken"] if state == "Broken" else "colima is not running")
        return 1
    if options.json:
        facts = {"display_name": "colima", "driver": DRIVER, "arch": "aarch64", "runtime": "docker", "ip_address": ""}
        sizes = {"cpu": settings["cpus"], "memory": settings["memory"], "disk": settings["disk"], "kubernetes": False}
        print(json.dumps(facts | {"mount_type": "virtiofs", "docker_socket": f"unix://{ENGINE}"} | sizes))
        return 0
    lines = (f"colima is running using {DRIVER}", "arch: aarch64", "runtime: docker", "mountType: virtiofs")
    for line in (*lines, f"docker socket: unix://{ENGINE}"):
        _say("info", line)
    return 0


def _list(options: Namespace) -> int:
    state, settings = colima_state.state(), colima_state.settings()
    if not options.json:
        print("PROFILE    STATUS     ARCH       CPUS    MEMORY    DISK      RUNTIME    ADDRESS")
    if settings is None:
        return 0
    if options.json:
        facts = {"name": "default", "status": state, "arch": "aarch64", "runtime": "docker"}
        print(json.dumps(facts | settings))
    else:
        sizes = f"{settings['cpus']:<7} {settings['memory'] // GIB}GiB      {settings['disk'] // GIB}GiB"
        print(f"default    {state:<10} aarch64    {sizes}    docker")
    return 0
