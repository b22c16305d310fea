"""Finds the catalogue's entries: every module here that defines `DEFINITION`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import catalogue
from catalogue.definition import Definition


@cache
def definitions() -> dict[str, Definition]:
    """All entries by kind. Raises ValueError when a file's name and its entry's kind differ."""
    found: dict[str, Definition] = {}
    for module in pkgutil.iter_modules(catalogue.__path__):
        entry = getattr(importlib.import_module(f"catalogue.{module.name}"), "DEFINITION", None)
        if entry is None:
            continue
        if entry.kind.replace("-", "_") != module.name:
            raise ValueError(f"catalogue/{module.name}.py defines {entry.kind!r}: name the file after the kind")
        found[entry.kind] = entry
    return found
