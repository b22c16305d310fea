"""Modules are compiled once, also where Python keeps nothing compiled by itself."""

import importlib.util
import sys
from pathlib import Path

import pytest

from toolchain.bytecode import compile_modules


@pytest.mark.parametrize("told_to_keep_none", [True, False])
def test_modules_are_compiled_where_python_does_not_do_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told_to_keep_none: bool
) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / ".venv").mkdir()
    sources = [
        tmp_path / "package" / "__init__.py",
        tmp_path / "package" / "module.py",
        tmp_path / ".venv" / "other.py",
    ]
    for source in sources:
        source.write_text("VALUE = 1\n")
    (tmp_path / "package" / "broken.py").write_text("not Python\n")
    monkeypatch.setattr(sys, "dont_write_bytecode", told_to_keep_none)
    compile_modules(tmp_path)
    compiled = [Path(importlib.util.cache_from_source(source)).exists() for source in map(str, sources)]
    assert compiled == [told_to_keep_none, told_to_keep_none, False]
