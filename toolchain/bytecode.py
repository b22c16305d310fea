"""Compiled modules of this checkout, where Python was told to keep none.

With PYTHONDONTWRITEBYTECODE set, as many containers have it, each start of the program and of a plugin would compile
some two hundred modules anew. What is compiled here Python uses, and compiles by itself what has changed since.
"""

import compileall
import sys
from pathlib import Path

from toolchain.places import ROOT


def compile_modules(root: Path = ROOT) -> None:
    """Compiles what is not compiled yet, beside its source. Raises nothing for a module that cannot be compiled."""
    if sys.dont_write_bytecode:
        for package in root.glob("*/__init__.py"):
            compileall.compile_dir(package.parent, quiet=2)
