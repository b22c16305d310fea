"""Four simulated Linux machines to log in to, and both tools as processes that bring 25 things on each in order."""

import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench.delay import delayed
from bench.environments import python_of
from bench.measure import run_costed
from operations.ssh_login import Login
from settings.host import Ssh
from simulators.hosts import lifecycle
from simulators.hosts.identity import Identity
from simulators.hosts.kind import LINUX
from simulators.hosts.specification import USER, Specification
from toolchain.image_references import recorded_references

HOSTS = 4
ADDRESS = "127.0.0.31"
FIRST_PORT = 2401
FIRST_DELAYED_PORT = 2451
RUN_SECONDS = 300
DEPLOY = Path(__file__).with_name("pyinfra_deploy.py")


@dataclass(frozen=True)
class Fleet:
    """The machines, each by the port that leads to it. `apply` gives the seconds of a whole process."""

    folder: Path
    logins: Sequence[Login]
    host_keys: Sequence[str]
    names: Iterator[int]

    def new_folder(self) -> str:
        """A folder of the machines that nobody has used yet."""
        return f"/home/{USER}/bench-{next(self.names)}"

    def ours(self, folder: str) -> float:
        """One script a host over one login, as `scripts/host apply` sends it."""
        ours = self.folder / "ours.json"
        ours.write_text(json.dumps([{"name": one.name, "address": one.address, "ssh": one.ssh.model_dump()}
                                    for one in self.logins]))  # fmt: skip
        return run_costed([sys.executable, "-m", "bench.host_steps", str(ours), folder], timeout=RUN_SECONDS).wall

    def pyinfra(self, folder: str) -> float:
        """The same with pyinfra."""
        inventory = self.folder / "inventory.py"
        inventory.write_text(f"hosts = {[(login.name, _pyinfra_data(login)) for login in self.logins]!r}\n")
        command = [str(python_of("pyinfra")), "-m", "pyinfra", "-y", str(inventory), str(DEPLOY)]
        return run_costed([*command, "--data", f"folder={folder}"], timeout=RUN_SECONDS).wall


def _pyinfra_data(login: Login) -> dict[str, object]:
    return {
        "ssh_hostname": login.address,
        "ssh_port": login.ssh.port,
        "ssh_user": login.ssh.user,
        "ssh_key": login.ssh.identity_file,
        "ssh_known_hosts_file": login.ssh.known_hosts_file,
        "ssh_strict_host_key_checking": "yes",
    }


@contextlib.contextmanager
def fleet(round_trip: float = 0) -> Iterator[Fleet]:
    """Fresh machines, removed at the end of the block. With `round_trip` seconds every packet comes that much late."""
    image = recorded_references().get("linux", "")
    machines = [
        Specification(name=f"bench-{n}", address=ADDRESS, publish=((FIRST_PORT + n, 22),), image=image, kind=LINUX)
        for n in range(HOSTS)
    ]
    with contextlib.ExitStack() as stack, tempfile.TemporaryDirectory(prefix="ai-platform-bench-") as name:
        keys = []
        for machine in machines:
            lifecycle.stop(machine.name)
            stack.callback(lifecycle.stop, machine.name, purge=True)
            keys.append(lifecycle.start(machine))
        ports = [machine.ssh_port for machine in machines]
        if round_trip:
            late = [FIRST_DELAYED_PORT + n for n in range(HOSTS)]
            ways = {(ADDRESS, here): (ADDRESS, there) for here, there in zip(late, ports, strict=True)}
            stack.enter_context(delayed(ways, round_trip))
            ports = late
        folder = Path(name)
        logins = [_login(folder, *one) for one in zip(machines, keys, ports, strict=True)]
        yield Fleet(folder, logins, [key.host_public_key for key in keys], count())


def _login(folder: Path, machine: Specification, keys: Identity, port: int) -> Login:
    known_hosts = folder / f"{machine.name}.known_hosts"
    known_hosts.write_text(f"[{ADDRESS}]:{port} {keys.host_public_key}\n")
    ssh = Ssh(user=USER, port=port, identity_file=str(keys.client_key), known_hosts_file=str(known_hosts))
    return Login(stack="bench", name=machine.name, address=ADDRESS, ssh=ssh)
