"""dscl(1): users and groups of the local directory node; exit status 56 for a record that is not there."""

from __future__ import annotations

import grp
import os
import pwd
import sys

from .. import accounts

NOT_FOUND = "<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)"
NOT_ALLOWED = "<dscl_cmd> DS Error: -14120 (eDSPermissionError)"
OPTIONS = {"UniqueID": "uid", "PrimaryGroupID": "gid", "NFSHomeDirectory": "home", "UserShell": "shell"}
OPTIONS |= {"RealName": "comment"}
NOBODY = "/usr/bin/false"


def main(arguments: list[str]) -> int:
    """dscl . -read|-list|-create|-append|-delete PATH [KEY [VALUE]]."""
    if len(arguments) < 3 or arguments[0] not in {".", "localhost", "/Local/Default"}:
        print("dscl (v20.4)\nusage: dscl [options] [<datasource> [<command>]]", file=sys.stderr)
        return 64
    command, path, rest = arguments[1].lstrip("-"), arguments[2], arguments[3:]
    _, kind, *names = path.split("/")
    if command in {"create", "append", "delete"} and os.getuid() != 0:
        return _refused(NOT_ALLOWED, 40)
    try:
        if command == "list":
            return _list(kind, rest)
        if command == "read":
            return _read(kind, names[0], rest)
        return _change(command, kind, names[0], rest)
    except KeyError:
        return _refused(NOT_FOUND, 56)


def _refused(text: str, status: int) -> int:
    print(text, file=sys.stderr)
    return status


def _list(kind: str, keys: list[str]) -> int:
    entries = pwd.getpwall() if kind == "Users" else grp.getgrall()
    for name in sorted(entry[0] for entry in entries):
        print(f"{name:<24} {accounts.record(name)[keys[0]]}" if keys and kind == "Users" else name)
    return 0


def _read(kind: str, name: str, keys: list[str]) -> int:
    if kind == "Groups":
        group = grp.getgrnam(name)
        facts = {"PrimaryGroupID": str(group.gr_gid), "RecordName": name}
        facts |= {"GroupMembership": " ".join(group.gr_mem)} if group.gr_mem else {}
    else:
        facts = accounts.record(name)
    for key in keys or facts:
        if key in facts:
            # A value with a blank stands on a line of its own.
            print(f"{key}:\n {facts[key]}" if key == "RealName" and " " in facts[key] else f"{key}: {facts[key]}")
        else:
            print(f"No such key: {key}", file=sys.stderr)
    return 0


def _change(command: str, kind: str, name: str, rest: list[str]) -> int:
    if kind == "Groups" and command == "append" and rest[:1] == ["GroupMembership"]:
        accounts.join(rest[1], name)
    elif command == "delete" and kind == "Users":
        pwd.getpwnam(name)
        accounts.remove(name, with_home=False)
    elif command == "create" and kind == "Users":
        if name not in {account.pw_name for account in pwd.getpwall()}:
            numbers = {"uid": str(accounts.next_uid()), "gid": str(accounts.STAFF)}
            accounts.add(name, with_home=False, **numbers, home_dir="/var/empty", shell=NOBODY, comment=name)
        if len(rest) == 2 and rest[0] in OPTIONS:
            accounts.change(name, **{OPTIONS[rest[0]]: rest[1]})
    else:
        return _refused(f"dscl: {command} of /{kind} is not simulated", 64)
    return 0
