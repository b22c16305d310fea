"""Puts runtime/*.sh and the calls of one host together to a script."""

from __future__ import annotations

import shlex
from pathlib import Path

from components.host_script.spec import HOMEBREW, HostSpec
from components.host_script.steps import Step, steps

RUNTIME = Path(__file__).with_name("runtime")


def render_script(spec: HostSpec) -> str:
    """The script, for `/bin/sh -s -- apply` or `/bin/sh -s -- check` on its standard input.

    It is one set of functions and a last line that calls them: a script cut off on its way does nothing, and no
    program it starts can read the rest of it. Raises ValueError for a value that no shell can carry.
    """
    library = [source.read_text(encoding="utf-8") for source in sorted(RUNTIME.glob("*.sh"))]
    preflight = _call("preflight", (spec.user, HOMEBREW, str(spec.memory_needed_mb)))
    body = [preflight, _call("lock", (str(spec.lock_wait_seconds),)), *(_step(step) for step in steps(spec))]
    host = "host() {\n" + "".join(f"    {line}\n" for line in body) + "}\n"
    return "\n".join([*library, host, 'main "$@" </dev/null\n'])


def _step(step: Step) -> str:
    return _call("run_step", (step.name, str(step.seconds), step.function, *step.arguments))


def _call(function: str, arguments: tuple[str, ...]) -> str:
    for argument in arguments:
        if "\0" in argument:
            raise ValueError(f"{function}: the value {argument!r} holds a NUL character")
    return shlex.join((function, *arguments))
