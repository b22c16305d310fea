"""Takes secrets out of what is shown: by the engine's marks, by the names of properties, and by their values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from policy.values import SIGNATURE
from policy.values import UNKNOWN as UNKNOWN_VALUES
from review.shapes import MASK, OPTION, SECRET_NAME, without_shapes

UNKNOWN = "(known after the update)"
SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  (a type signature of the engine's protocol)
SHORTEST = 6
"""Characters; shorter values would be found by chance in any text."""


def is_mark(value: Any) -> bool:
    """Whether the engine has marked this value, or hidden it already."""
    return value == MASK or (isinstance(value, Mapping) and value.get(SIGNATURE) == SECRET_MARK)


def without_marked(value: Any) -> Any:
    """The value with everything masked that its marks or its names call secret, and unknown values named as such."""
    if is_mark(value):
        return MASK
    if isinstance(value, Mapping):
        return {key: _named(str(key), inner) for key, inner in value.items() if not str(key).startswith("__")}
    if isinstance(value, list):
        named = [False, *(isinstance(one, str) and bool(OPTION.fullmatch(one)) for one in value)]
        return [_masked(one) if secret else without_marked(one) for one, secret in zip(value, named, strict=False)]
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWN_VALUES else without_shapes(value)
    return value


def marked_values(value: Any) -> Iterable[str]:
    """Texts that stand inside a mark: known to be secret, wherever else they turn up."""
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET_MARK:
            yield from _texts([value.get("value"), value.get("plaintext")])
        else:
            for inner in value.values():
                yield from marked_values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from marked_values(inner)


class Masks:
    """Finds known secret values in any text; quick for thousands of them."""

    def __init__(self, values: Collection[str] = ()) -> None:
        self._by_start: dict[str, list[str]] = defaultdict(list)
        # A text of several lines may be shown in parts.
        parts = {line.strip() for value in values for line in value.splitlines()}
        for value in sorted({*values, *parts}, key=len, reverse=True):
            if len(value) >= SHORTEST and value not in (MASK, *UNKNOWN_VALUES):
                self._by_start[value[:SHORTEST]].append(value)

    def scrub(self, text: str) -> str:
        """The text with every known secret in it masked."""
        if not self._by_start:
            return text
        parts, kept, at = [], 0, 0
        while at <= len(text) - SHORTEST:
            known = self._by_start.get(text[at : at + SHORTEST], ())
            found = next((value for value in known if text.startswith(value, at)), None)
            if found is None:
                at += 1
                continue
            parts += [text[kept:at], MASK]
            kept = at = at + len(found)
        return "".join([*parts, text[kept:]])


def _named(name: str, value: Any) -> Any:
    return _masked(value) if SECRET_NAME.search(name) else without_marked(value)


def _masked(value: Any) -> Any:
    """All of it, but for what is empty or not known yet."""
    if isinstance(value, Mapping) and not is_mark(value):
        return {key: _masked(inner) for key, inner in value.items() if not str(key).startswith("__")}
    if value in ("", None):
        return value
    return UNKNOWN if isinstance(value, str) and value in UNKNOWN_VALUES else MASK


def _texts(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            # The engine's own mark holds its value as JSON.
            yield from {value, value.strip('"')}
        elif isinstance(value, Mapping):
            yield from _texts(value.values())
        elif isinstance(value, list):
            yield from _texts(value)
