"""Which Python runs a project: its virtual environment by the `runtime.options` of its project file."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class InterpreterError(Exception):
    """The project's Python cannot be used; the message names the option and the command that mends it."""


@dataclass(frozen=True)
class Interpreter:
    """A project's Python: its executable and, unless it is the ambient one, its virtual environment."""

    executable: Path
    virtual_environment: Path | None

    def environ(self, base: Mapping[str, str]) -> dict[str, str]:
        """`base` as after `activate`: virtual environment first on PATH, VIRTUAL_ENV set, PYTHONHOME gone."""
        environ = {name: value for name, value in base.items() if name != "PYTHONHOME"}
        if self.virtual_environment is not None:
            folders = [str(self.virtual_environment / "bin"), base.get("PATH", "")]
            environ["PATH"] = os.pathsep.join(folder for folder in folders if folder)
            environ["VIRTUAL_ENV"] = str(self.virtual_environment)
        return environ

    def site_packages(self) -> list[str]:
        """Folders that hold the installed packages; the ambient Python is asked to be this process's Python."""
        if self.virtual_environment is None:
            return [path for path in sys.path if path.endswith("site-packages")]
        return [str(path) for path in self.virtual_environment.glob("lib/python3*/site-packages")]


def find_interpreter(root: Path, options: Mapping[str, object]) -> Interpreter:
    """The Python of the project in `root`, by the options `toolchain` (pip or uv) and `virtualenv`.

    Raises InterpreterError when the virtual environment is missing or the toolchain is one that this host
    does not know.
    """
    toolchain = str(options.get("toolchain") or "pip").lower()
    if toolchain not in ("pip", "uv"):
        raise InterpreterError(
            f"runtime option `toolchain: {toolchain}` is not supported here, use pip or uv in {root}/Pulumi.yaml"
        )
    option = str(options.get("virtualenv") or (".venv" if toolchain == "uv" else ""))
    if not option:
        return _ambient()
    folder = root / option
    executable = folder / "bin" / "python"
    if not executable.exists():
        raise InterpreterError(
            f"runtime option `virtualenv: {option}` names {folder}, which is no virtual environment; "
            f"run: python3 -m venv {folder}"
        )
    return Interpreter(executable, Path(os.path.normpath(folder)))


def _ambient() -> Interpreter:
    names = [os.environ.get("PULUMI_PYTHON_CMD"), "python3", "python"]
    for name in filter(None, names):
        found = shutil.which(name)
        if found:
            return Interpreter(Path(found), None)
    raise InterpreterError("no python3 on PATH; set the runtime option `virtualenv` or PULUMI_PYTHON_CMD")
