"""Why there is no login, from what OpenSSH 9.2 said."""

from __future__ import annotations

import pytest

from operations.ssh_login import Login
from operations.ssh_refusal import (
    UNREACHABLE,
    CutOff,
    KeyChanged,
    KeyUnknown,
    LoginRefused,
    SshFailure,
    Unreachable,
    refusal,
    worth_another_try,
)
from settings.host import Ssh

LOGIN = Login(
    stack="prod",
    name="mini",
    address="10.0.0.12",
    ssh=Ssh(user="admin", port=2222, identity_file="/keys/key", known_hosts_file="/keys/known_hosts"),
)
CHANGED = """\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Someone could be eavesdropping on you right now (man-in-the-middle attack)!
It is also possible that a host key has just been changed.
The fingerprint for the ED25519 key sent by the remote host is
SHA256:mOdLAJGL+F8unrfsdLdsB7KxVawC0YOV38Sqyb+DZuw.
Please contact your system administrator.
Add correct host key in /keys/known_hosts to get rid of this message.
Offending ED25519 key in /keys/known_hosts:1
  remove with:
  ssh-keygen -f "/keys/known_hosts" -R "[10.0.0.12]:2222"
Host key for [10.0.0.12]:2222 has changed and you have requested strict checking.
Host key verification failed.
"""
NOT_KNOWN = """\
No ED25519 host key is known for [10.0.0.12]:2222 and you have requested strict checking.
Host key verification failed.
"""
NO_KEY = """\
Warning: Identity file /keys/key not accessible: No such file or directory.
admin@10.0.0.12: Permission denied (publickey,keyboard-interactive).
"""


def fingerprints(_: Login) -> tuple[str, str]:
    return "256 SHA256:recorded", "256 SHA256:scanned"


@pytest.mark.parametrize(
    ("said", "kind", "texts"),
    [
        (CHANGED, KeyChanged, ["SHA256:recorded", "SHA256:mOdLAJGL+F8unrfsdLdsB7KxVawC0YOV38Sqyb+DZuw\n", "keygen -R"]),
        (NOT_KNOWN, KeyUnknown, ["SHA256:scanned", "scripts/host trust mini -s prod"]),
        ("admin@10.0.0.12: Permission denied (publickey).", LoginRefused, ["/keys/key", "ssh-copy-id"]),
        (NO_KEY, LoginRefused, ["no file /keys/key", "ssh-keygen"]),
        (f"{NO_KEY.splitlines()[0]}\nssh: connect to host x port 2222: Connection refused", Unreachable, ["refused"]),
        ("ssh: connect to host 10.0.0.12 port 2222: Connection timed out", Unreachable, ["timed out"]),
        ("ssh: connect to host 10.0.0.12 port 2222: No route to host", Unreachable, ["No route"]),
        ("ssh: connect to host 10.0.0.12 port 2222: Connection refused", Unreachable, ["refused"]),
        ("ssh: Could not resolve hostname mini.invalid: Name or service not known", Unreachable, ["resolve"]),
        ("Connection timed out during banner exchange", Unreachable, ["banner exchange"]),
        ("", Unreachable, ["closes the connection before the login"]),
    ],
)
def test_the_cause_is_told_with_the_next_command(said: str, kind: type[SshFailure], texts: list[str]) -> None:
    failure = refusal(LOGIN, said, fingerprints)
    assert type(failure) is kind
    assert failure.code == UNREACHABLE
    for text in ("mini (admin@[10.0.0.12]:2222)", "-> ", *texts):
        assert text in str(failure)


@pytest.mark.parametrize(
    ("said", "again"),
    [
        ("ssh: connect to host 10.0.0.12 port 2222: Connection refused", True),
        ("kex_exchange_identification: Connection closed by remote host", True),
        ("kex_exchange_identification: read: Connection reset by peer", True),
        ("ssh_exchange_identification: Connection closed by remote host", True),
        ("Connection closed by 10.0.0.12 port 2222", True),
        ("", True),
        ("ssh: connect to host 10.0.0.12 port 2222: Connection timed out", False),
        ("Connection timed out during banner exchange", False),
        ("ssh: connect to host 10.0.0.12 port 2222: No route to host", False),
        ("admin@10.0.0.12: Permission denied (publickey).", False),
        (CHANGED, False),
        (NOT_KNOWN, False),
    ],
)
def test_only_a_host_that_starts_or_is_crowded_is_asked_again(said: str, again: bool) -> None:
    assert worth_another_try(said) is again


def test_no_setting_of_the_users_own_applies_and_nothing_is_forwarded_or_asked() -> None:
    command = " ".join(LOGIN.command)
    for option in (
        "-F none",
        "-a",
        "IdentitiesOnly=yes",
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        "UserKnownHostsFile=/keys/known_hosts",
        "GlobalKnownHostsFile=/dev/null",
        "ConnectTimeout=15",
        "-p 2222 admin@10.0.0.12",
    ):
        assert option in command


def test_a_login_that_was_lost_at_once_is_none_that_never_was() -> None:
    assert isinstance(refusal(LOGIN, "Connection to 10.0.0.12 closed by remote host.\n", fingerprints), CutOff)
    said = "kex_exchange_identification: Connection closed by remote host\n"
    assert isinstance(refusal(LOGIN, said, fingerprints), Unreachable)
