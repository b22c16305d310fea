"""Reads settings from a Pulumi stack file, for commands that run without the Pulumi engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from settings.encrypted import ENCRYPTED
from settings.load import load
from settings.parsed import Parsed
from settings.problem import Problem, SettingsError

NAMESPACE = "ai-platform"
MAXIMUM_BYTES = 4_000_000


def read(root: Path, stack: str) -> Parsed:
    """The environment that `Pulumi.<stack>.yaml` describes. Secrets stay encrypted: `ENCRYPTED` stands for them.

    Raises SettingsError when the file is missing or is not YAML; problems of its content are in the result.
    """
    path = root / f"Pulumi.{stack}.yaml"
    text = _text(path, stack)
    try:
        if "*" in text and any(isinstance(one, yaml.AliasToken) for one in yaml.scan(text, Loader=yaml.CSafeLoader)):
            raise _file_error(path.name, "uses a YAML alias (*name)", "write the value out where it is used")
        loader = yaml.CSafeLoader(text)
        node = loader.get_single_node()
        lines, document = line_numbers(node), loader.construct_document(node) if node else None
    except (yaml.YAMLError, RecursionError) as error:
        raise _file_error(path.name, f"not YAML: {error}", "mend the file at the place named") from error
    config = document.get("config") if isinstance(document, dict) else None
    if not isinstance(config, dict):
        raise _file_error(path.name, "has no `config:` section", "see Pulumi.dev.yaml for an example")
    raw = {
        key.removeprefix(f"{NAMESPACE}:"): _plain(value)
        for key, value in config.items()
        if str(key).startswith(f"{NAMESPACE}:")
    }
    return load(stack, raw, path.name, lines)


def line_numbers(node: yaml.Node | None) -> dict[str, int]:
    """Line of each setting, by its dotted path without namespace; list items count from 0."""
    lines: dict[str, int] = {}

    def walk(current: yaml.Node, path: str) -> None:
        if isinstance(current, yaml.MappingNode):
            for key, value in current.value:
                name = str(key.value).removeprefix(f"{NAMESPACE}:")
                inner = name if path in ("", "config") else f"{path}.{name}"
                lines[inner] = key.start_mark.line + 1
                walk(value, inner)
        elif isinstance(current, yaml.SequenceNode):
            for index, value in enumerate(current.value):
                lines[f"{path}.{index}"] = value.start_mark.line + 1
                walk(value, f"{path}.{index}")

    if node is not None:
        walk(node, "")
    return lines


def _text(path: Path, stack: str) -> str:
    if not path.is_file():
        raise _file_error(path.name, "there is no such stack file", f"create it with `scripts/init {stack}`")
    if path.stat().st_size > MAXIMUM_BYTES:
        raise _file_error(path.name, f"is larger than {MAXIMUM_BYTES} bytes", "remove what is not configuration")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _file_error(path.name, f"is not UTF-8: {error.reason}", "save it as UTF-8") from error


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            return ENCRYPTED
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _file_error(file: str, cause: str, remedy: str) -> SettingsError:
    return SettingsError(file, [Problem(path="(file)", value="", cause=cause, remedy=remedy)])
