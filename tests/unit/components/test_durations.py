"""Durations in Go's own spelling."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.durations import go_duration

SPELLING = re.compile(r"(?:(?P<h>[1-9]\d*)h(?=\d+m))?(?:(?P<m>\d+)m)?(?P<s>\d+)s")


def seconds_of(text: str) -> int:
    found = SPELLING.fullmatch(text)
    assert found, f"Go would not write {text!r}"
    hours, minutes, seconds = (int(found[unit] or 0) for unit in "hms")
    assert minutes < 60 > seconds
    assert not (found["m"] == "0" and not found["h"]), "Go leaves out leading zeros"
    return hours * 3600 + minutes * 60 + seconds


@given(st.integers(min_value=0, max_value=10_000_000))
def test_a_duration_reads_back_as_it_was_given_in_the_one_spelling_of_go(seconds: int) -> None:
    assert seconds_of(go_duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (30, "30s"), (60, "1m0s"), (120, "2m0s"), (3600, "1h0m0s"), (5405, "1h30m5s")]
)
def test_spelled_as_go_does(seconds: int, text: str) -> None:
    assert go_duration(seconds) == text
