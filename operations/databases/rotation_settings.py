"""Changes the rotation of a login in a stack file, and nothing else of the file: comments and layout stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from operations.failure import USAGE, Failure
from settings.database import Role
from settings.stack_file import NAMESPACE

SECTION = f"{NAMESPACE}:databases"


def set_rotation(file: Path, database: str, role: Role, *, generation: int, overlap: bool) -> None:
    """Raises Failure, with the file as it was, when its layout cannot be edited without changing something else."""
    before = file.read_text(encoding="utf-8-sig")
    after = edited(before, database, role, generation=generation, overlap=overlap)
    unfinished = file.with_suffix(".rotation")
    unfinished.write_text(after, encoding="utf-8")
    unfinished.replace(file)


def edited(text: str, database: str, role: Role, *, generation: int, overlap: bool) -> str:
    """The file's text with the rotation in it. Raises Failure."""
    document = yaml.safe_load(text)
    settings = document["config"][SECTION][database]
    rotation = {**settings.get("rotation", {}), role: {"generation": generation, "overlap": overlap}}
    wanted = {**settings, "rotation": rotation}
    changed = _with_rotation(text, _descend(yaml.compose(text), ["config", SECTION, database]), _flow(rotation))
    document["config"][SECTION][database] = wanted
    if yaml.safe_load(changed) != document:
        raise Failure(
            f"databases.{database} is written in a way that cannot be edited here",
            f"set it by hand: rotation: {_flow(rotation)}",
            USAGE,
        )
    return changed


def _with_rotation(text: str, node: yaml.MappingNode, rotation: str) -> str:
    for key, value in node.value:
        if key.value == "rotation":
            return f"{text[: key.end_mark.index]}: {rotation}{text[_end(value) :]}"
    entry = f"rotation: {rotation}"
    if node.flow_style:
        place = node.end_mark.index - 1
        return f"{text[:place].rstrip()}{', ' if node.value else ''}{entry}{text[place:]}"
    place = _end(node)
    return f"{text[:place]}\n{' ' * node.value[0][0].start_mark.column}{entry}{text[place:]}"


def _end(node: yaml.Node) -> int:
    """Where a node's own text ends: a block's mark is only at the next token, behind comments."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _descend(node: yaml.Node | None, path: list[str]) -> yaml.MappingNode:
    for name in path:
        assert isinstance(node, yaml.MappingNode)  # noqa: S101  (the settings have been read from it)
        node = next(value for key, value in node.value if key.value == name)
    assert isinstance(node, yaml.MappingNode)  # noqa: S101  (as above)
    return node


def _flow(value: dict[str, Any]) -> str:
    return str(yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)).strip()
