"""From raw values to an `Environment` and every problem at once."""

from __future__ import annotations

import difflib
import json
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from settings import checks
from settings.environment import Environment
from settings.parsed import Parsed
from settings.problem import Problem
from settings.schema import field_names
from settings.simulated_edge import completed

SECTIONS_BY_NAME = ("hosts", "services", "databases")
"""Sections whose entries stand alone: one bad entry must not hide the faults of others."""


def load(stack: str, raw: dict[str, Any], file: str, lines: dict[str, int] | None = None) -> Parsed:
    """Reads `raw` (the stack file's keys without their namespace) as the environment `stack`.

    Never raises for bad values: what cannot be used is left out of the environment and reported as a problem.
    """
    data: dict[str, Any] = {**completed(raw), "name": stack}
    problems: list[Problem] = []
    while True:
        faults, environment = _validate(data)
        problems += [_problem(fault) for fault in faults]
        if environment is not None:
            break
        for fault in faults:
            _drop(data, [str(part) for part in fault["loc"]])
    parsed = Parsed(file=file, environment=environment, problems=tuple(problems), lines=lines or {})
    problems += checks.check(environment, parsed.faulty)
    return Parsed(file=file, environment=environment, problems=tuple(problems), lines=lines or {})


def _validate(data: dict[str, Any]) -> tuple[list[ErrorDetails], Environment | None]:
    try:
        # JSON mode: a list may become a tuple and 1 a float, but "5432" never becomes a number.
        return [], Environment.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        return error.errors(), None


def _drop(data: dict[str, Any], location: list[str]) -> None:
    """Takes out what failed, so that the rest can still be read and checked. Something always goes."""
    section, entries = location[0], data.get(location[0])
    if section == "name":
        data["name"] = "invalid"
    elif section in SECTIONS_BY_NAME and len(location) > 1 and isinstance(entries, dict):
        kept = {name: value for name, value in entries.items() if str(name) != location[1]}
        if kept and len(kept) < len(entries):
            data[section] = kept
        else:
            del data[section]
    else:
        data.pop(section, None)


def _problem(details: ErrorDetails) -> Problem:
    location = [str(part) for part in details["loc"] if part != "[key]"]
    path = ".".join(location)
    given = details["input"]
    value = "" if location[:1] == ["secrets"] or isinstance(given, dict) else repr(given)[:80]
    if details["type"] == "extra_forbidden":
        return Problem(path=path, value=value, cause="unknown key", remedy=_nearest(location))
    if details["type"] == "missing":
        return Problem(path=path, value="", cause="required, but missing", remedy=f"add `{location[-1]}`")
    remedy = "settings/schema.json and the README list what each key takes"
    return Problem(path=path, value=value, cause=details["msg"], remedy=remedy)


def _nearest(location: list[str]) -> str:
    known = field_names(location[:-1])
    close = difflib.get_close_matches(location[-1], known, n=1)
    return f"did you mean `{close[0]}`?" if close else f"known keys: {', '.join(known)}"
