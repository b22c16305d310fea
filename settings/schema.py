"""The published JSON Schema of a stack file's settings, made from the models."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from settings.environment import Environment

SCHEMA_FILE = Path(__file__).parent / "schema.json"


def json_schema() -> dict[str, Any]:
    """Schema of the keys under the project's namespace. `name` is the stack's, so it is left out."""
    schema = Environment.model_json_schema()
    del schema["properties"]["name"]
    schema["required"] = [key for key in schema.get("required", []) if key != "name"]
    return schema


def field_names(location: list[str]) -> dict[str, Any]:
    """Keys known at `location` (section, entry name or index, nested section ...)."""
    schema = json_schema()
    here: dict[str, Any] = schema
    for part in location:
        options = [here, *here.get("anyOf", [])]
        here = next((found for option in options if (found := _step(option, part, schema))), {})
    options = [_resolve(option, schema) for option in [here, *here.get("anyOf", [])]]
    return next((option["properties"] for option in options if "properties" in option), {})


def _step(here: dict[str, Any], part: str, schema: dict[str, Any]) -> dict[str, Any] | None:
    resolved = _resolve(here, schema)
    found = resolved.get("properties", {}).get(part) or resolved.get("items")
    if found is None and isinstance(resolved.get("patternProperties"), dict):
        found = next(iter(resolved["patternProperties"].values()))
    if found is None and isinstance(resolved.get("additionalProperties"), dict):
        found = resolved["additionalProperties"]
    return _resolve(found, schema) if found else None


def _resolve(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = node.get("$ref")
    return schema["$defs"][reference.rpartition("/")[2]] if reference else node


def rendered() -> str:
    return json.dumps(json_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(rendered(), encoding="utf-8")
    sys.stdout.write(f"wrote {SCHEMA_FILE.name}\n")
