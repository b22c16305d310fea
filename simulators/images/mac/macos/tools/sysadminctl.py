"""sysadminctl(8): makes and deletes accounts; speaks on standard error and ends with 0 even when it refuses."""

from __future__ import annotations

import os
import pwd
import sys
from datetime import datetime

from .. import accounts

SWITCHES = {"-admin", "-roleAccount", "-secure", "-keepHome"}


def main(arguments: list[str]) -> int:
    """-addUser NAME [-fullName N] [-UID n] [-GID n] [-shell S] [-home H] [-admin], or -deleteUser NAME."""
    given = _options(arguments)
    if os.getuid() != 0:
        _say("Operation is not permitted without secure token unlock.")
    elif "-addUser" in given:
        _add(given["-addUser"], given)
    elif "-deleteUser" in given:
        _delete(given["-deleteUser"], keep_home="-keepHome" in given)
    else:
        print("Usage: sysadminctl -addUser <user name> ... | -deleteUser <user name> ...", file=sys.stderr)
        return 64
    return 0


def _options(arguments: list[str]) -> dict[str, str]:
    given, rest = {}, list(arguments)
    while rest:
        option = rest.pop(0)
        given[option] = "" if option in SWITCHES or not rest else rest.pop(0)
    return given


def _say(text: str) -> None:
    now = datetime.now().isoformat(sep=" ", timespec="milliseconds")
    print(f"{now} sysadminctl[{os.getpid()}:{os.getpid() * 7}] {text}", file=sys.stderr)


def _exists(name: str) -> bool:
    return name in {account.pw_name for account in pwd.getpwall()}


def _add(name: str, given: dict[str, str]) -> None:
    if _exists(name):
        _say(f"User {name} already exists")
        return
    uid, gid = given.get("-UID", str(accounts.next_uid())), given.get("-GID", str(accounts.STAFF))
    home = given.get("-home", f"/Users/{name}")
    _say(f"Creating user record: {name}")
    _say(f"Assigning UID: {uid} GID: {gid}")
    shell, full_name = given.get("-shell", "/bin/zsh"), given.get("-fullName", name)
    role = "-roleAccount" in given
    accounts.add(name, with_home=not role, uid=uid, gid=gid, home_dir=home, shell=shell, comment=full_name)
    if not role:
        _say(f"Creating home directory at {home}")
    if "-admin" in given:
        accounts.join(name, "admin")


def _delete(name: str, *, keep_home: bool) -> None:
    if not _exists(name):
        _say(f"No such user: {name}")
        return
    _say(f"Deleting record for {name}")
    accounts.remove(name, with_home=not keep_home)
