"""Puts runtime/*.sh and the calls of one host together to a script."""

from __future__ import annotations

import shlex
from hashlib import sha256
from pathlib import Path

from hosts.role import Role
from hosts.step import Step

RUNTIME = Path(__file__).with_name("runtime")
CHECKED_AS = "# shellcheck shell=sh disable=SC2034,SC2154"


def render_script(role: Role) -> str:
    """The script, for `login_command`: `main` with the argument apply or check.

    It is one set of functions and a last line that calls them: a script cut off on its way does nothing, and no
    program it starts can read the rest of it. Raises ValueError for a value that no shell can carry.
    """
    preflight = _call("preflight", (role.user, str(role.free_disk_mb), *role.needs))
    boot = [_call("first_boot", (str(role.first_boot_seconds),))] if role.first_boot_seconds else []
    body = [*boot, preflight, _call("lock", (str(role.lock_wait_seconds),)), *(_step(step) for step in role.steps)]
    host = "host() {\n" + "".join(f"    {line}\n" for line in body) + "}\n"
    return "\n".join([runtime(role.platform), host, 'main "$@" </dev/null\n'])


def script_digest(script: str) -> str:
    """The same for the same script; recorded when a host has got its role by it."""
    return sha256(script.encode()).hexdigest()[:16]


def runtime(platform: str) -> str:
    """The functions that a script of this platform may call."""
    files = [*RUNTIME.glob("common/*.sh"), *RUNTIME.glob(f"{platform}/*.sh")]
    # Without what each file says of itself, up to its first empty line: the hosts need not read it.
    texts = (source.read_text(encoding="utf-8").partition("\n\n") for source in sorted(files, key=lambda one: one.name))
    return "\n".join((CHECKED_AS, *(body for _, _, body in texts)))


def _step(step: Step) -> str:
    return _call("run_step", (step.name, str(step.seconds), step.function, *step.arguments))


def _call(function: str, arguments: tuple[str, ...]) -> str:
    for argument in arguments:
        if "\0" in argument:
            raise ValueError(f"{function}: the value {argument!r} holds a NUL character")
    return shlex.join((function, *arguments))
