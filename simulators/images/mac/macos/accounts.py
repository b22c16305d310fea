"""Accounts of the machine: records as Open Directory shows them, over the files that Linux keeps."""

from __future__ import annotations

import grp
import pwd
import subprocess

from .bsd import HIDDEN

STAFF = 20
FIRST_UID = 501


def record(name: str) -> dict[str, str]:
    """The attributes of a user that are used here. Raises KeyError for one that is not there."""
    account = pwd.getpwnam(name)
    return {
        "NFSHomeDirectory": account.pw_dir,
        "PrimaryGroupID": str(account.pw_gid),
        "RealName": account.pw_gecos.split(",")[0] or name,
        "RecordName": name,
        "UniqueID": str(account.pw_uid),
        "UserShell": account.pw_shell,
    }


def members(group: str) -> list[str]:
    """Users of a group. Raises KeyError for one that is not there."""
    return grp.getgrnam(group).gr_mem


def next_uid() -> int:
    """The first number for people that is free."""
    taken = {account.pw_uid for account in pwd.getpwall()}
    return next(uid for uid in range(FIRST_UID, 60_000) if uid not in taken)


def add(name: str, *, with_home: bool, **settings: str) -> None:
    """Make an account that cannot log in with a password; settings are useradd's long options, with `_` for `-`."""
    create = "--create-home" if with_home else "--no-create-home"
    _run("useradd", create, *(f"--{key.replace('_', '-')}={value}" for key, value in settings.items()), name)


def change(name: str, **settings: str) -> None:
    """Change an account by usermod's long options, with `_` for `-`."""
    _run("usermod", *(f"--{key.replace('_', '-')}={value}" for key, value in settings.items()), name)


def join(name: str, group: str) -> None:
    """Add a user to a group, made when it is not there."""
    try:
        grp.getgrnam(group)
    except KeyError:
        _run("groupadd", group)
    _run("usermod", "--append", f"--groups={group}", name)


def remove(name: str, *, with_home: bool) -> None:
    """Delete an account."""
    _run("userdel", *(["--remove"] if with_home else []), name)


def _run(program: str, *arguments: str) -> None:
    subprocess.run([HIDDEN / program, *arguments], check=True, capture_output=True)
