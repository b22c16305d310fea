"""What an update would change: new inputs compared with the recorded state, as the Terraform bridge does.

Pure. Secret marks must be taken off before. Empty values (`""`, 0, `False`, empty lists) equal absent ones,
since the Terraform SDK that the official plugins build on does not tell them apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from providers.common.schema import Field
from providers.common.secrets import contains_unknown


class Kind(Enum):
    """How a property differs."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Change:
    """One property path that differs, and whether that needs a new resource."""

    path: str
    kind: Kind
    replaces: bool

    @property
    def name(self) -> str:
        """The top-level property."""
        return self.path.partition(".")[0]


def changes(
    state: Mapping[str, Any],
    inputs: Mapping[str, Any],
    fields: Mapping[str, Field],
    ignored: Sequence[str] = (),
) -> list[Change]:
    """Every difference of the inputs to the state, without the paths that the program ignores."""
    found = _changes(state, inputs, fields, "", replaces=False)
    return [change for change in found if not any(_covers(path, change.path) for path in ignored)]


def _covers(ignored: str, path: str) -> bool:
    return path == ignored or path.startswith((f"{ignored}.", f"{ignored}["))


def _changes(
    state: Mapping[str, Any],
    inputs: Mapping[str, Any],
    fields: Mapping[str, Field],
    prefix: str,
    *,
    replaces: bool,
) -> Iterator[Change]:
    for name, field in fields.items():
        old, new = state.get(name), inputs.get(name)
        if _same(old, new, field):
            continue
        path, replacing = prefix + name, replaces or field.replaces
        if field.block is not None and isinstance(old, dict) and isinstance(new, dict):
            yield from _changes(old, new, field.block, f"{path}.", replaces=replacing)
        else:
            yield Change(path, _kind(old, new), replacing)


def _kind(old: Any, new: Any) -> Kind:
    if _absent(old):
        return Kind.ADD
    return Kind.DELETE if _absent(new) else Kind.UPDATE


def _absent(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _empty(value: Any) -> bool:
    return _absent(value) or value in (0, False)


def _same(old: Any, new: Any, field: Field) -> bool:
    if contains_unknown(new):
        return False
    if new is None and field.computed:
        return True
    new = field.default if new is None else new
    old = field.default if old is None else old
    if isinstance(old, list) and isinstance(new, list):
        return _same_list(old, new, field)
    if field.block is not None and isinstance(old, dict) and isinstance(new, dict):
        return _same_block(old, new, field.block)
    return bool(old == new) or (_empty(old) and _empty(new))


def _same_block(old: Mapping[str, Any], new: Mapping[str, Any], block: Mapping[str, Field]) -> bool:
    return all(_same(old.get(name), new.get(name), field) for name, field in block.items())


def _same_list(old: list[Any], new: list[Any], field: Field) -> bool:
    if len(old) != len(new):
        return False
    if not field.unordered:
        return all(_same_element(*pair, field) for pair in zip(old, new, strict=True))
    left = list(old)
    for element in new:
        match = next((other for other in left if _same_element(other, element, field)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _same_element(old: Any, new: Any, field: Field) -> bool:
    if field.block is not None and isinstance(old, dict) and isinstance(new, dict):
        return _same_block(old, new, field.block)
    return bool(old == new)
