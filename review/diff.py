"""Every change with its properties, as lines for a fold at the end of a comment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from review.change import Change
from review.markdown import clipped
from review.masking import MASK, Masks, without_marked

SIGNS = {"create": "+", "update": "!", "replace": "-+", "delete": "-"}
MOST_PROPERTIES = 12


def diff_lines(changes: Iterable[Change], masks: Masks) -> Iterator[str]:
    """Worst first: what goes, then what is replaced, changed, made. Values are masked and cut."""
    order = {"delete": 0, "replace": 1, "update": 2, "create": 3}
    for change in sorted(changes, key=lambda one: order[one.operation]):
        yield _scrubbed(f"{SIGNS[change.operation]} {change.kind} {change.name}", masks)
        if change.operation in ("update", "replace"):
            names = sorted({_name(path) for path in change.paths})
            for name in names[:MOST_PROPERTIES]:
                yield from _property(name, change, masks)
            if len(names) > MOST_PROPERTIES:
                yield f"    ... and {len(names) - MOST_PROPERTIES} more properties"


def _property(name: str, change: Change, masks: Masks) -> Iterator[str]:
    old, new = change.old.get(name), change.new.get(name)
    why = "  (replaces)" if any(_name(path) == name for path in change.replaced_for) else ""
    if isinstance(old, Mapping) and isinstance(new, Mapping) and not why:
        # A host's role: what differs in it, and not all that it holds.
        for key in sorted({*old, *new}, key=str):
            if old.get(key) != new.get(key):
                yield _line(f"{name}.{key}", {str(key): old.get(key)}, {str(key): new.get(key)}, str(key), masks)
        return
    yield _line(name, {name: old}, {name: new}, name, masks) + why


def _line(shown: str, old: Mapping[str, Any], new: Mapping[str, Any], key: str, masks: Masks) -> str:
    before, after = (_text(without_marked(dict(side))[key], masks) for side in (old, new))
    if before == after == MASK:
        return _scrubbed(f"    {shown}: changed, and secret", masks)
    return f"{_scrubbed(f'    {shown}', masks)}: {before} => {after}"


def _text(value: Any, masks: Masks) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clipped(masks.scrub(text))


def _scrubbed(text: str, masks: Masks) -> str:
    indent = len(text) - len(text.lstrip())
    return " " * indent + clipped(masks.scrub(text), 200)


def _name(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]
