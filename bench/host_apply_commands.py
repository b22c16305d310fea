"""25 steps on each of four new hosts by `pulumi up`: one script a host, against 25 `remote.Command` a host."""

import json

from bench.fleet import Fleet, fleet
from bench.host_apply_pyinfra import REMARK
from bench.host_steps import DIRECTORIES, FILES
from bench.measure import Measurement, arm_check, interleave
from bench.projects import project
from simulators.hosts.specification import USER

OURS = """
import json, os
from pathlib import Path
from bench.host_steps import role
from components.linux_host import LinuxHost
from components.provisioned_host import ProvisionedHostArgs

for host in json.loads(os.environ["BENCH_HOSTS"]):
    key = Path(host["key"]).read_text()
    LinuxHost(host["name"], ProvisionedHostArgs(
        address=host["address"], port=host["port"], user=host["user"], private_key=key, host_key=host["host_key"],
        role=role(os.environ["BENCH_FOLDER"]),
    ))
"""
THEIRS = """
import json, os
from pathlib import Path
import pulumi
from pulumi_command import remote

for host in json.loads(os.environ["BENCH_HOSTS"]):
    connection = remote.ConnectionArgs(
        host=host["address"], port=host["port"], user=host["user"], private_key=Path(host["key"]).read_text(),
        host_key=host["host_key"],
    )
    before = []
    for number, command in enumerate(json.loads(os.environ["BENCH_COMMANDS"])):
        opts = pulumi.ResourceOptions(depends_on=before)
        before = [remote.Command(f"{host['name']}-{number}", connection=connection, create=command, opts=opts)]
"""


def commands(folder: str) -> list[str]:
    """What bench/host_steps.py brings about, as one would write it by hand; each needs those before it."""
    directories = [
        f"sudo install -d -o {USER} -g {USER} -m 0750 {folder} {folder}/{number:02}" for number in range(DIRECTORIES)
    ]
    files = [f"echo 'number = {number}' | sudo tee {folder}/{number:02}/file" for number in range(FILES)]
    return directories + files


def up(machines: Fleet, program: str) -> float:
    """Wall seconds of `up` into a new stack, on a folder that nobody has used."""
    folder = machines.new_folder()
    hosts = [
        {"name": login.name, "address": login.address, "port": login.ssh.port, "user": login.ssh.user,
         "key": login.ssh.identity_file, "host_key": key}
        for login, key in zip(machines.logins, machines.host_keys, strict=True)
    ]  # fmt: skip
    variables = {"BENCH_HOSTS": json.dumps(hosts), "BENCH_COMMANDS": json.dumps(commands(folder))}
    with project(program, BENCH_FOLDER=folder, **variables) as made:
        made.pulumi("stack", "init")
        return made.pulumi("up", "--yes", "--skip-preview").wall


def measure() -> Measurement:
    """Wall seconds of the CLI. Raises CalledProcessError when it fails."""
    with fleet() as machines:
        check = arm_check(lambda: up(machines, OURS), rounds=3)
        pair = interleave(lambda: up(machines, OURS), lambda: up(machines, THEIRS), rounds=5)
    return pair.measurement("s", check, REMARK)
