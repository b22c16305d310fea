"""The published schema is the models' own."""

from settings.schema import SCHEMA_FILE, rendered


def test_the_published_schema_is_up_to_date() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == rendered(), "run: scripts/run settings.schema"
