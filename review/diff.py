"""Every change with its properties, as lines for a fold at the end of a comment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from review.change import Change
from review.markdown import clipped
from review.masking import Masks, is_mark, without_marked
from review.paths import root
from review.shapes import MASK, PRIVATE_KEY, SECRET_NAME

SIGNS = {"create": "+", "update": "!", "replace": "-+", "delete": "-"}
MOST_PROPERTIES = 12
WIDEST_NAME = 200


def diff_blocks(changes: Iterable[Change], masks: Masks) -> Iterator[str]:
    """One text a change, worst first: what goes, then what is replaced, changed, made. Values are masked and cut.

    No line of it can close a fence: each begins with a sign or with four spaces.
    """
    order = {"delete": 0, "replace": 1, "update": 2, "create": 3}
    for change in sorted(changes, key=lambda one: order[one.operation]):
        yield "\n".join(
            [_shown(f"{SIGNS[change.operation]} {change.kind} {change.name}", masks), *_inside(change, masks)]
        )


def _inside(change: Change, masks: Masks) -> Iterator[str]:
    if change.operation not in ("update", "replace"):
        return
    names = sorted({root(path) for path in change.paths} or _differing(change.old, change.new))
    for name in names[:MOST_PROPERTIES]:
        why = "  (replaces)" if any(root(path) == name for path in change.replaced_for) else ""
        for line in _differences(name, change.old.get(name), change.new.get(name), name, masks):
            yield f"{line}{why}"
    if len(names) > MOST_PROPERTIES:
        yield f"    ... and {len(names) - MOST_PROPERTIES} more properties"


def _differences(path: str, old: Any, new: Any, key: str, masks: Masks) -> Iterator[str]:
    """To the leaf; of lists, and of lines of a text, what is in one of them only.

    `key` is the name that may call the value a secret.
    """
    if not is_mark(old) and not is_mark(new):
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            for name in _differing(old, new):
                inner = key if SECRET_NAME.search(key) else name
                yield from _differences(f"{path}.{name}", old.get(name), new.get(name), inner, masks)
            return
        if isinstance(old, str) and isinstance(new, str) and _of_lines(old, new) and not SECRET_NAME.search(key):
            old, new = masks.scrub(old).splitlines(), masks.scrub(new).splitlines()
        if isinstance(old, list) and isinstance(new, list):
            for one in _only_in(old, new, key):
                yield f"    {_shown(path, masks)}: without {_value(one, masks)}"
            for one in _only_in(new, old, key):
                yield f"    {_shown(path, masks)}: with {_value(one, masks)}"
            return
    before, after = (_value(without_marked({key: value})[key], masks) for value in (old, new))
    told = "changed, and secret" if before == after == MASK else f"{before} => {after}"
    yield f"    {_shown(path, masks)}: {told}"


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(str(name) for name in {*old, *new} if old.get(name) != new.get(name))


def _of_lines(old: str, new: str) -> bool:
    """Whether lines can be told apart. Those of a private key would each look like nothing."""
    return "\n" in f"{old}{new}" and not (PRIVATE_KEY.search(old) or PRIVATE_KEY.search(new))


def _only_in(one: list[Any], other: list[Any], key: str) -> Iterator[Any]:
    """Masked in their list: what stands before an entry may call it a secret."""
    masked = without_marked({key: one})[key]
    shown = masked if isinstance(masked, list) else [masked] * len(one)
    return (text for value, text in zip(one, shown, strict=True) if value not in other)


def _value(shown: Any, masks: Masks) -> str:
    text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
    return clipped(masks.scrub(text))


def _shown(text: str, masks: Masks) -> str:
    return clipped(masks.scrub(text), WIDEST_NAME)
