"""Drawing passwords by their rules."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.plugins.random.characters import OFFICIAL_SPECIAL, draw, refusal

SWITCHES = {"lower": string.ascii_lowercase, "upper": string.ascii_uppercase, "numeric": string.digits}


@given(
    st.fixed_dictionaries(
        {
            "length": st.integers(1, 40),
            "special": st.booleans(),
            **dict.fromkeys(SWITCHES, st.booleans()),
            **dict.fromkeys(("minLower", "minUpper", "minNumeric", "minSpecial"), st.integers(0, 4)),
        }
    )
)
def test_a_drawn_string_has_its_length_its_minimums_and_no_other_character(inputs: dict[str, int]) -> None:
    if refusal(inputs) is not None:
        return
    drawn = draw(inputs)
    assert len(drawn) == inputs["length"]
    for kind, members in {**SWITCHES, "special": OFFICIAL_SPECIAL}.items():
        found, minimum = sum(each in members for each in drawn), inputs[f"min{kind.capitalize()}"]
        assert found >= minimum
        assert inputs[kind] or found == minimum


@pytest.mark.parametrize(
    ("inputs", "part"),
    [
        ({"length": 0}, "at least 1"),
        ({"length": 3, "minUpper": 4}, "ask for 4 characters"),
        ({"length": 3, "lower": False, "upper": False, "numeric": False, "special": False}, "at least one of"),
    ],
)
def test_rules_that_nothing_can_satisfy_are_refused(inputs: dict[str, int], part: str) -> None:
    assert part in (refusal(inputs) or "")


def test_the_old_name_of_numeric_still_switches_digits_off() -> None:
    assert not set(draw({"length": 200, "number": False})) & set(string.digits)
