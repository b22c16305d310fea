"""Why a login did not come about, read from what OpenSSH said, with what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable

from operations.failure import Failure
from operations.ssh_login import Login

UNREACHABLE = 5
"""Exit code of verbs that could not log in."""

REFUSED = "Connection refused"
# A machine that starts, or an sshd that has as many logins under way as MaxStartups allows: it accepts the connection
# and drops it, before or after its greeting (then OpenSSH says nothing at all).
DROPPED = re.compile(
    r"(kex|ssh)_exchange_identification: (read: )?Connection (closed|reset)|^Connection (closed|reset) by"
)
CHANGED = "REMOTE HOST IDENTIFICATION HAS CHANGED"
SHOWN = re.compile(r"key sent by the remote host is\s+(SHA256:[A-Za-z0-9+/=]+)")
UNKNOWN = re.compile(r"No \S+ host key is known for|Host key verification failed")
DENIED = re.compile(r"Permission denied|Too many authentication failures")
NO_KEY = re.compile(r"Identity file .* not accessible: No such file")
"""Said before the connection is made, so that anything may follow it."""
LEFT = re.compile(r"^Connection to \S+ closed by remote host", re.MULTILINE)
"""OpenSSH says it of a login that had come about, even when nothing of the command was heard."""
CUT_OFF = re.compile(r"closed by remote host|not responding|Connection reset|Broken pipe|client_loop:")


class SshFailure(Failure):
    """No login, or one that was lost."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause, remedy, UNREACHABLE)


class Unreachable(SshFailure):
    """Nothing that speaks SSH answers there in time."""


class KeyChanged(SshFailure):
    """The host shows another key than the recorded one."""


class KeyUnknown(SshFailure):
    """No key of the host is recorded."""


class LoginRefused(SshFailure):
    """The host does not let this user in with this key."""


class CutOff(SshFailure):
    """The connection was lost while the command ran; what became of the command is not known."""


def worth_another_try(said: str) -> bool:
    """Whether a host may let one in a moment later: it starts, or it has too many logins under way."""
    return not said.strip() or REFUSED in said or DROPPED.search(said) is not None


def refusal(login: Login, said: str, fingerprints: Callable[[Login], tuple[str, str]]) -> SshFailure:
    """The failure behind OpenSSH's words. `fingerprints` gives the recorded one and the one shown, empty for none."""
    if LEFT.search(said):
        return cut_off(login, said)
    who = f"{login.name} ({login.ssh.user}@{login.place})"
    trust = f"scripts/host trust {login.name} -s {login.stack}"
    if CHANGED in said:
        recorded, shown = fingerprints(login)
        found = SHOWN.search(said)
        return KeyChanged(
            f"{who} shows another key than the one recorded:\n"
            f"    recorded {recorded}\n    shown    {found[1] if found else shown}",
            f"find out who answers there. If the machine was replaced on purpose: "
            f"ssh-keygen -R '{login.place}' -f {login.ssh.known_hosts_file}, then {trust}",
        )
    if UNKNOWN.search(said):
        _, shown = fingerprints(login)
        return KeyUnknown(
            f"{who}: no key of it is in {login.ssh.known_hosts_file}\n    shown    {shown or 'none in time'}",
            f"compare it on the machine, then: {trust}",
        )
    if DENIED.search(said) and NO_KEY.search(said):
        return LoginRefused(
            f"{who} lets nobody in without a key, and there is no file {login.ssh.identity_file}",
            f"ssh-keygen -t ed25519 -f {login.ssh.identity_file}, then bring it there: docs/runbooks/add-a-host.md",
        )
    if DENIED.search(said):
        return LoginRefused(
            f"{who} refuses the key {login.ssh.identity_file}: {_last_line(said)}",
            f"ssh-copy-id -i {login.ssh.identity_file}.pub -p {login.ssh.port} {login.ssh.user}@{login.address}",
        )
    return Unreachable(
        f"{who} cannot be reached: {_last_line(said) or 'it closes the connection before the login'}",
        f"is it on, and is sshd running? ssh -v -p {login.ssh.port} {login.ssh.user}@{login.address}",
    )


def cut_off(login: Login, said: str) -> CutOff:
    return CutOff(
        f"{login.name} ({login.place}): the connection was lost while the command ran: {_last_line(said)}",
        "run the same command again: it goes on where it was",
    )


def _last_line(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
