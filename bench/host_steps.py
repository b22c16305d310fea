"""25 steps of a host: 13 directories and 12 files. As a program: brings hosts there, `MACHINES.json FOLDER`."""

import json
import sys
from pathlib import Path

from hosts.directory import Directory
from hosts.file import File
from hosts.role import Role
from hosts.script import render_script
from operations.hosts.job import Job
from operations.hosts.many import run_all
from operations.hosts.outcome import Code
from operations.ssh_login import Login
from settings.host import Ssh
from simulators.hosts.specification import USER

DIRECTORIES = 13
FILES = 12
SECONDS = 120


def role(folder: str) -> Role:
    """What bench/pyinfra_deploy.py says too: every file is root's, every directory the login user's."""
    directories = [Directory(path=f"{folder}/{number:02}", mode=0o750) for number in range(DIRECTORIES)]
    files = [File(path=f"{folder}/{n:02}/file", owner="root:root", content=f"number = {n}\n") for n in range(FILES)]
    steps = [one.step(f"{USER}:{USER}") for one in directories] + [one.step() for one in files]
    return Role(platform="linux", user=USER, needs=("1", "0"), steps=tuple(steps), free_disk_mb=1)


def main() -> None:
    """Exits with a message unless every host came to its role."""
    machines, folder = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), sys.argv[2]
    script = render_script(role(folder))
    logins = [
        Login(stack="bench", name=one["name"], address=one["address"], ssh=Ssh.model_validate(one["ssh"]))
        for one in machines
    ]
    outcomes = run_all([Job(login=login, mode="apply", script=script, seconds=SECONDS) for login in logins])
    for outcome in outcomes:
        if outcome.code != Code.OK or len(outcome.steps) != DIRECTORIES + FILES:
            sys.exit(f"{outcome.host}: {outcome.summary}")


if __name__ == "__main__":
    main()
