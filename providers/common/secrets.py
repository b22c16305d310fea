"""Secret property values: taken off before work, put back on results, kept out of error text."""

from collections.abc import Iterator, Mapping
from typing import Any

from providers.common.schema import Field
from providers.common.values import UNKNOWN, Properties, Secret

_SHORTEST_REDACTED = 4


def plain(value: Any) -> Any:
    """The value without its secret marks, at any depth."""
    match value:
        case Secret():
            return plain(value.value)
        case dict():
            return {key: plain(element) for key, element in value.items()}
        case list():
            return [plain(element) for element in value]
    return value


def contains_unknown(value: Any) -> bool:
    """Whether any part of the value is known only after the update."""
    match value:
        case Secret():
            return contains_unknown(value.value)
        case dict():
            return any(map(contains_unknown, value.values()))
        case list():
            return any(map(contains_unknown, value))
    return value is UNKNOWN


def mark_secrets(state: Properties, inputs: Mapping[str, Any]) -> Properties:
    """The state with every property secret whose input is secret; a list with one is secret as a whole."""
    return {key: _marked(value, inputs.get(key)) for key, value in state.items()}


def _marked(value: Any, original: Any) -> Any:
    if isinstance(value, Secret) or not any(_secrets(original)):
        return value
    if isinstance(value, dict) and isinstance(original, dict):
        return mark_secrets(value, original)
    return Secret(value)


def redacted(text: str, *properties: Mapping[str, Any]) -> str:
    """The text without any secret string of these properties."""
    for each in properties:
        strings = {string for secret in _secrets(dict(each)) for string in _strings(secret.value)}
        for string in sorted(strings, key=len, reverse=True):
            if len(string) >= _SHORTEST_REDACTED:
                text = text.replace(string, "[secret]")
    return text


def hidden(properties: Mapping[str, Any], fields: Mapping[str, Field]) -> Properties:
    """The properties without what errors may name. A part that is marked as secret by itself stays hidden."""
    return {key: _hidden(value, fields[key].block if key in fields else None) for key, value in properties.items()}


def _hidden(value: Any, block: Mapping[str, Field] | None) -> Any:
    if block is None:
        return value
    match value:
        case Secret():
            return Secret(_hidden(value.value, block))
        case dict():
            shown = {key for key, part in value.items() if key in block and block[key].shown}
            kept = {key: part for key, part in value.items() if key not in shown or isinstance(part, Secret)}
            return hidden(kept, block)
        case list():
            return [_hidden(element, block) for element in value]
    return value


def _secrets(value: Any) -> Iterator[Secret]:
    match value:
        case Secret():
            yield value
        case dict():
            for element in value.values():
                yield from _secrets(element)
        case list():
            for element in value:
                yield from _secrets(element)


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Secret():
            yield from _strings(value.value)
        case dict():
            for element in value.values():
                yield from _strings(element)
        case list():
            for element in value:
                yield from _strings(element)
