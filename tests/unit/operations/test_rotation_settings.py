"""A rotation changes its own lines of a stack file, in whatever form they are written."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from operations.databases.rotation_settings import edited

FORMS = [
    "    kb: {}\n",
    "    kb: {service: postgres}\n",
    "    kb: {service: postgres, rotation: {read: {generation: 1}}, language: simple}  # why\n",
    "    kb:\n      service: postgres  # where it lies\n\n  # about the next key\n  ai-platform:images: {}\n",
    "    kb:\n      rotation:\n        read: {generation: 1}\n      # how\n      language: simple\n",
    "    kb:\n      rotation: {ingest: {generation: 3}}\n      extensions:\n        - name: vector\n    other: {}\n",
    "    kb:\n      extensions:\n        - {name: vector}\n",
    "    kb:\n      rotation:\n        ingest: {generation: 3}\n",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("overlap", [True, False])
def test_only_the_rotation_changes_and_other_lines_stay(form: str, overlap: bool) -> None:
    text = f"# first\nconfig:\n  ai-platform:databases:\n{form}"
    changed = edited(text, "kb", "read", generation=2, overlap=overlap)
    before, after = (yaml.safe_load(one)["config"] for one in (text, changed))
    assert after["ai-platform:databases"]["kb"]["rotation"]["read"] == {"generation": 2, "overlap": overlap}
    for document in (before, after):
        (document["ai-platform:databases"]["kb"].get("rotation") or {}).pop("read", None)
        if not document["ai-platform:databases"]["kb"].get("rotation"):
            document["ai-platform:databases"]["kb"].pop("rotation", None)
    assert before == after
    for comment in ("# first", "# why", "# where it lies", "# about the next key", "# how"):
        assert (comment in text) == (comment in changed)


@given(st.lists(st.integers(min_value=2, max_value=10**6), min_size=1, max_size=4), st.sampled_from(FORMS))
def test_many_rotations_leave_one_entry(generations: list[int], form: str) -> None:
    text = f"config:\n  ai-platform:databases:\n{form}"
    for generation in generations:
        text = edited(text, "kb", "read", generation=generation, overlap=False)
    assert text.count("rotation:") == 1
    database = yaml.safe_load(text)["config"]["ai-platform:databases"]["kb"]
    assert database["rotation"]["read"]["generation"] == generations[-1]
