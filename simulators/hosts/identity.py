"""Keys of a simulated machine: made once, kept under .state/simulators/NAME, readable by their owner only."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

STATE = Path(__file__).resolve().parents[2] / ".state" / "simulators"


@dataclass(frozen=True)
class Identity:
    """The client's key pair, the host's key pair, and a known_hosts file that pins the host."""

    folder: Path

    @property
    def client_key(self) -> Path:
        """Private key that may log in."""
        return self.folder / "id_ed25519"

    @property
    def host_key(self) -> Path:
        """Private key of sshd."""
        return self.folder / "host_key"

    @property
    def known_hosts(self) -> Path:
        """File for ssh's UserKnownHostsFile."""
        return self.folder / "known_hosts"

    @property
    def host_public_key(self) -> str:
        """`ssh-ed25519 AAAA...` without a comment, as pulumi-command's host_key wants it."""
        return " ".join(public(self.host_key).split()[:2])


def public(key: Path) -> str:
    """The public half of a key file."""
    return key.with_suffix(".pub").read_text(encoding="ascii").strip()


def identity(name: str, address: str, port: int) -> Identity:
    """The identity of `name`, made if it is not there yet. known_hosts follows the address."""
    made = Identity(STATE / name)
    made.folder.mkdir(parents=True, exist_ok=True)
    made.folder.chmod(0o700)
    for key in (made.client_key, made.host_key):
        if not key.exists() or not key.with_suffix(".pub").exists():
            _generate(key, f"simulator {name}")
    made.known_hosts.write_text(f"[{address}]:{port} {made.host_public_key}\n", encoding="ascii")
    made.known_hosts.chmod(0o600)
    return made


def _generate(key: Path, comment: str) -> None:
    key.unlink(missing_ok=True)
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(key)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=30)


def forget(name: str) -> None:
    """Delete the keys of `name`."""
    shutil.rmtree(STATE / name, ignore_errors=True)
