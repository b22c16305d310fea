"""`scripts/trust HOST -s STACK`: shows a host's key fingerprint and records the key once you have compared it."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from operations.failure import USAGE, Failure, guarded
from operations.project import ROOT
from settings.host import Host
from settings.stack_file import read

SECONDS = 15


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/trust", description=__doc__)
    parser.add_argument("host", help="name of the host in the stack file")
    parser.add_argument("-s", "--stack", default="prod")
    parser.add_argument("-y", "--yes", action="store_true", help="the fingerprint has been compared already")
    arguments = parser.parse_args()
    return guarded(lambda: trust(arguments.stack, arguments.host, compared=arguments.yes))


def trust(stack: str, name: str, *, compared: bool) -> None:
    """A key that differs from a recorded one is refused: that is what pinning is for."""
    host = read(ROOT, stack).environment.hosts.get(name)
    if host is None or host.ssh is None or host.address is None:
        raise Failure(f"{stack} has no host {name} that is reached over SSH", f"look into Pulumi.{stack}.yaml", USAGE)
    known_hosts = ROOT / Path(host.ssh.known_hosts_file).expanduser()
    offered = _scan(host.address, host.ssh.port)
    place = _place(host.address, host.ssh.port)
    recorded = _recorded(known_hosts, place)
    if _key(offered) in map(_key, recorded):
        print(f"{name}: its key is recorded already: {_fingerprint(offered)}")
        return
    if recorded:
        raise Failure(
            f"{name} shows another key than the one recorded:\n"
            f"    recorded {_fingerprint(recorded[0])}\n    shown    {_fingerprint(offered)}",
            f"if the machine was replaced on purpose: ssh-keygen -R '{place}' -f {known_hosts}, then trust it again",
        )
    print(f"{name} ({place}) shows: {_fingerprint(offered)}")
    print("Compare it on the machine itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")
    if not compared and not _agreed():
        raise Failure("nothing was recorded", f"scripts/trust {name} -s {stack} --yes once you have compared it", USAGE)
    known_hosts.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with known_hosts.open("a", encoding="utf-8") as file:
        file.write(("" if _ends_a_line(known_hosts) else "\n") + offered + "\n")
    print(f"recorded in {known_hosts}")


def is_trusted(host: Host) -> bool:
    """Whether a key of the host is recorded; always, of one that is not reached over SSH. Asks nobody."""
    if host.ssh is None or host.address is None:
        return True
    place = _place(host.address, host.ssh.port)
    return bool(_recorded(ROOT / Path(host.ssh.known_hosts_file).expanduser(), place))


def _place(address: str, port: int) -> str:
    """How known_hosts files write it."""
    return address if port == 22 else f"[{address}]:{port}"


def _recorded(known_hosts: Path, place: str) -> list[str]:
    return [line for line in _lines(known_hosts) if place in line.split()[0].split(",")]


def _scan(address: str, port: int) -> str:
    command = ["ssh-keyscan", "-T", str(SECONDS), "-t", "ed25519", "-p", str(port), address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS + 5, check=False)
    keys = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    if not keys:
        raise Failure(f"{address}:{port} shows no ed25519 host key", "is the machine on, and Remote Login enabled?")
    return keys[0]


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()] if file.is_file() else []


def _ends_a_line(file: Path) -> bool:
    return not file.is_file() or file.read_bytes()[-1:] in (b"", b"\n")


def _key(line: str) -> list[str]:
    """Type and key: the names before them and the comment behind them may differ."""
    return line.split()[1:3]


def _fingerprint(line: str) -> str:
    done = subprocess.run(
        ["ssh-keygen", "-lf", "-"], input=line, capture_output=True, text=True, timeout=SECONDS, check=True
    )
    return done.stdout.strip()


def _agreed() -> bool:
    return sys.stdin.isatty() and input("Is it the same? [y/N] ") in ("y", "yes")


if __name__ == "__main__":
    sys.exit(main())
