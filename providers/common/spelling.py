"""From Python's spelling to Pulumi's and back."""

from dataclasses import fields, is_dataclass
from typing import Any

import pulumi
from pydantic.alias_generators import to_camel, to_snake
from typing_extensions import override


class Spelled(pulumi.CustomResource):
    """A resource whose properties are camelCase for the plugin and snake_case in Python, at every depth."""

    @override
    def translate_input_property(self, prop: str) -> str:
        return to_camel(prop)

    @override
    def translate_output_property(self, prop: str) -> str:
        return to_snake(prop)


def plain(value: Any) -> Any:
    """A value with every dataclass in it turned into a dictionary."""
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        # Not `asdict`, which copies what it finds, and an output cannot be copied.
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value
