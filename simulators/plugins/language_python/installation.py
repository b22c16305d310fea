"""Installs a project's Python dependencies, as `pulumi install` asks for."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from simulators.plugins.language_python.interpreter import Interpreter


class InstallationError(Exception):
    """A command of the installation failed; the message names it and its exit status."""


def install_dependencies(root: Path, folder: Path, options: dict[str, object]) -> Iterator[bytes]:
    """Creates the virtual environment of the options if missing, then installs `folder`/requirements.txt.

    Yields the output of the commands as it comes. Raises InstallationError when one of them fails.
    """
    option = str(options.get("virtualenv") or "")
    if not option:
        interpreter = Interpreter(Path(sys.executable), None)
    else:
        environment = root / option
        interpreter = Interpreter(environment / "bin" / "python", environment)
        if not interpreter.executable.exists():
            yield f"Creating virtual environment {environment}\n".encode()
            yield from _output([sys.executable, "-m", "venv", str(environment)], folder)
    requirements = folder / "requirements.txt"
    if requirements.exists():
        command = [str(interpreter.executable), "-m", "pip", "install", "--no-input", "-r", str(requirements)]
        yield from _output(command, folder)


def _output(command: list[str], folder: Path) -> Iterator[bytes]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT
    ) as child:
        if child.stdout is not None:
            yield from child.stdout
    if child.returncode != 0:
        raise InstallationError(f"`{' '.join(command)}` ended with exit status {child.returncode}")
