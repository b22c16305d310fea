"""Shows a host's key fingerprint, and records the key once somebody has compared it."""

from __future__ import annotations

import sys
from pathlib import Path

from operations.failure import USAGE, Failure
from operations.host_keys import fingerprint, recorded, shown
from operations.project import ROOT
from operations.ssh_login import Login, login_of
from settings.environment import Environment
from settings.stack_file import read


def trust(stack: str, name: str, *, compared: bool) -> None:
    """A key that differs from a recorded one is refused: that is what pinning is for."""
    login = login_of(stack, read(ROOT, stack).environment.hosts, name)
    offered = _offered(login)
    before = recorded(login)
    if _key(offered) in map(_key, before):
        print(f"{name}: its key is recorded already: {fingerprint(offered)}")
        return
    known_hosts = Path(login.ssh.known_hosts_file)
    if before:
        raise Failure(
            f"{name} shows another key than the one recorded:\n"
            f"    recorded {fingerprint(before[0])}\n    shown    {fingerprint(offered)}",
            f"if the machine was replaced on purpose: ssh-keygen -R '{login.place}' -f {known_hosts}, "
            "then trust it again",
        )
    print(f"{name} ({login.place}) shows: {fingerprint(offered)}")
    print("Compare it on the machine itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")
    if not compared and not _agreed():
        remedy = f"scripts/host trust {name} -s {stack} --yes once you have compared it"
        raise Failure("nothing was recorded", remedy, USAGE)
    known_hosts.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with known_hosts.open("a", encoding="utf-8") as file:
        file.write(("" if _ends_a_line(known_hosts) else "\n") + offered + "\n")
    print(f"recorded in {known_hosts}")


def is_trusted(environment: Environment, name: str) -> bool:
    """Whether a key of the host is recorded; always, of one that is not reached over SSH. Asks nobody."""
    host = environment.hosts[name]
    if host.ssh is None or host.address is None:
        return True
    return bool(recorded(login_of(environment.name, environment.hosts, name)))


def _offered(login: Login) -> str:
    line = shown(login)
    if not line:
        cause = f"{login.address}:{login.ssh.port} shows no ed25519 host key"
        raise Failure(cause, "is the machine on, and Remote Login enabled?")
    return line


def _ends_a_line(file: Path) -> bool:
    return not file.is_file() or file.read_bytes()[-1:] in (b"", b"\n")


def _key(line: str) -> list[str]:
    """Type and key: the names before them and the comment behind them may differ."""
    return line.split()[1:3]


def _agreed() -> bool:
    return sys.stdin.isatty() and input("Is it the same? [y/N] ") in ("y", "yes")
