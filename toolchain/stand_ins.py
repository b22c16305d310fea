"""Launchers that let the Pulumi CLI find a stand-in plugin of this checkout where it looks for the official one."""

import os
import shlex
from pathlib import Path

from toolchain.places import ROOT

MARK = "# stand-in for the official plugin"
HEAD_BYTES = 200


def launcher(module: str) -> str:
    """A shell script that runs `simulators.plugins.<module>` of this checkout with this checkout's Python.

    Python runs isolated, so that neither the working folder nor PYTHONPATH changes what a plugin imports, and
    nothing is handed on to the programs that a language host starts. Garbage is collected once the plugin serves.
    """
    start = (
        "import gc, runpy, sys; gc.disable(); sys.path.insert(0, sys.argv.pop(1)); "
        f'runpy.run_module("simulators.plugins.{module}", run_name="__main__", alter_sys=True)'
    )
    python = shlex.quote(str(ROOT / ".venv" / "bin" / "python"))
    return f'#!/bin/sh\n{MARK}\nexec {python} -I -c {shlex.quote(start)} {shlex.quote(str(ROOT))} "$@"\n'


def is_stand_in(executable: Path) -> bool:
    """Whether the file is such a launcher, of this checkout or of another one."""
    with executable.open("rb") as file:
        return MARK.encode() in file.read(HEAD_BYTES)


def has_launcher(executable: Path, module: str) -> bool:
    """Whether the file is the launcher of this checkout, in its present form."""
    return executable.exists() and is_stand_in(executable) and executable.read_text() == launcher(module)


def write_launcher(executable: Path, module: str) -> None:
    """Writes the launcher, whole or not at all."""
    executable.parent.mkdir(parents=True, exist_ok=True)
    new = executable.with_name(f"{executable.name}.{os.getpid()}")
    new.write_text(launcher(module))
    new.chmod(0o755)
    new.replace(executable)
