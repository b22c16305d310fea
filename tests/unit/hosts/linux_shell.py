"""Runs pieces of a Linux host's script on this machine, with stand-ins for every program that could change it."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hosts.linux.docker import MERGE
from hosts.report import Report, parse_report
from hosts.script import runtime

PROGRAMS = (
    "apt-cache", "apt-config", "apt-get", "apt-mark", "docker", "dpkg", "dpkg-query", "getent", "groupadd",
    "journalctl", "nft", "nvidia-ctk", "nvidia-smi", "sshd", "sysctl", "systemctl", "systemd-detect-virt",
    "timedatectl", "unshare", "useradd", "usermod", "visudo",
)  # fmt: skip
# Nothing else of this machine can be started.
TOOLS = (
    "awk", "base64", "basename", "cat", "chmod", "chown", "cp", "cut", "date", "df", "dirname", "env", "grep", "id",
    "install", "ls", "mkdir", "mkfifo", "mktemp", "mv", "ps", "rm", "rmdir", "sed", "sh", "sleep", "tail", "tee",
    "touch", "tr", "uname",
)  # fmt: skip
# Calls that change nothing; a case lists the others.
READS = (
    "apt-cache", "docker info", "docker version", "dpkg-query", "getent", "journalctl", "nft -s", "nvidia-smi",
    "sshd -T", "sysctl -n", "systemctl is-", "systemctl show", "systemd-detect-virt", "timedatectl", "unshare",
)  # fmt: skip
SETTINGS = """
sudo() { shift; "$@"; }
sleep() { :; }
PROGRAM_PATH=$PWD/bin APPARMOR=$PWD/apparmor LOCK=$PWD/lock DUE=$PWD/due OS_RELEASE=$PWD/os-release
MEMORY_FACTS=$PWD/memory SYSTEMD_RUNS=$PWD NETWORK_CARDS=$PWD/cards ROOT_OWNER=$(id -un):$(id -gn)
FIRST_BOOT=$PWD/first-boot
watch() { command sleep "$2"; }
"""


@dataclass(frozen=True)
class Outcome:
    """What a piece reported, and the calls of programs that change something."""

    code: int
    report: Report
    commands: list[str]


def outcome(folder: Path, case: dict[str, Any]) -> Outcome:
    """Runs `call` of the case in `mode`, where programs answer as `facts` say and `files` are there.

    A fact is a pattern of the shell for a call with its arguments, and what it `says` and its `exit` status; with
    `after` it holds once a call with that text was made. The first that fits counts; without one a program is silent.
    Programs that are `absent` come with the fact that `brings` them.
    """
    _tools(folder / "bin")
    for program in PROGRAMS:
        stand_in = folder / ("absent" if program in case.get("absent", ()) else "bin") / program
        stand_in.parent.mkdir(exist_ok=True)
        stand_in.write_text(_stand_in(folder, program, case.get("facts", [])), encoding="utf-8")
        stand_in.chmod(0o755)
    for path, content in case.get("files", {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
        (folder / path).chmod(0o644)
    call = shlex.join(MERGE.read_text() if word == "MERGE" else word for word in case["call"])
    body = f"run_step it 20 {call}" if case["call"][0].startswith("step_") else call
    script = f'{runtime("linux")}\n{SETTINGS}\nhost() {{\n{body}\n}}\nmain "$@" </dev/null\n'
    command = ["dash", "-s", case.get("mode", "apply")]
    ended = subprocess.run(command, cwd=folder, input=script, capture_output=True, text=True, check=False, timeout=60)
    log = folder / "commands"
    made = log.read_text().splitlines() if log.exists() else []
    return Outcome(ended.returncode, parse_report(ended.stdout), [one for one in made if not one.startswith(READS)])


def _tools(folder: Path) -> None:
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(str(shutil.which(tool)))
    (folder / "python3").symlink_to(Path(sys.executable).resolve())


def _stand_in(folder: Path, program: str, facts: list[dict[str, Any]]) -> str:
    lines = [
        "#!/bin/sh",
        f'call="{program} $*"',
        f"log={shlex.quote(str(folder / 'commands'))}",
        'printf "%s\\n" "$call" >>"$log"',
    ]
    for fact in facts:
        if fact["run"].split()[0].rstrip("*") != program:
            continue
        holds = f'grep -qF -e {shlex.quote(fact["after"])} "$log"' if "after" in fact else ":"
        pattern = fact["run"].replace(" ", "\\ ")
        brings = f"mv {folder}/absent/{fact['brings']} {folder}/bin/; " if "brings" in fact else ""
        answer = f"{brings}printf %s {shlex.quote(fact.get('says', ''))}; exit {fact.get('exit', 0)}"
        lines.append(f'case "$call" in {pattern}) if {holds}; then {answer}; fi ;; esac')
    return "\n".join(lines) + "\n"


def read_case(file: Path, folder: Path) -> dict[str, Any]:
    """A case of cases/linux/shell, in which @/ stands for the folder that it runs in."""
    case: dict[str, Any] = json.loads(file.read_text(encoding="utf-8").replace("@/", f"{folder}/"))
    return case
