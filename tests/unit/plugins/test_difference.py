from typing import Any

import pytest

from providers.common.difference import changes
from providers.common.schema import Field
from providers.common.values import UNKNOWN

BLOCK = {"port": Field(), "ip": Field(default="0.0.0.0"), "external": Field(computed=True)}
FIELDS = {
    "name": Field(replaces=True),
    "size": Field(),
    "flag": Field(default=True),
    "filled": Field(computed=True, replaces=True),
    "words": Field(),
    "set": Field(unordered=True),
    "ports": Field(replaces=True, unordered=True, block=BLOCK),
    "check": Field(block={"interval": Field(default="0s"), "tests": Field()}),
}


def difference(state: dict[str, Any], inputs: dict[str, Any], *ignored: str) -> dict[str, str]:
    return {
        each.path: each.kind.value + ("-replace" if each.replaces else "")
        for each in changes(state, inputs, FIELDS, ignored)
    }


@pytest.mark.parametrize(
    ("state", "inputs"),
    [
        ({}, {}),
        ({"name": "", "size": 0, "words": [], "check": {}}, {}),
        ({"filled": "by the service"}, {}),
        ({"set": ["a", "b"]}, {"set": ["b", "a"]}),
        ({"flag": True}, {}),
        ({"check": {"interval": "0s", "tests": ["x"]}}, {"check": {"tests": ["x"]}}),
        (
            {"ports": [{"port": 1, "ip": "0.0.0.0", "external": 4}, {"port": 2, "ip": "1.2.3.4", "external": 5}]},
            {"ports": [{"port": 2, "ip": "1.2.3.4", "external": 5}, {"port": 1}]},
        ),
        ({"unknown to the schema": 1}, {"another": 2}),
    ],
)
def test_what_means_the_same_is_no_difference(state: dict[str, Any], inputs: dict[str, Any]) -> None:
    assert difference(state, inputs) == {}


@pytest.mark.parametrize(
    ("state", "inputs", "expected"),
    [
        ({"name": "a"}, {"name": "b"}, {"name": "update-replace"}),
        ({"size": 2}, {}, {"size": "delete"}),
        ({}, {"size": 2}, {"size": "add"}),
        ({"flag": False}, {"flag": True}, {"flag": "update"}),
        ({"filled": "x"}, {"filled": "y"}, {"filled": "update-replace"}),
        ({"words": ["a", "b"]}, {"words": ["b", "a"]}, {"words": "update"}),
        ({"set": ["a", "a"]}, {"set": ["a", "b"]}, {"set": "update"}),
        ({"ports": [{"port": 1, "external": 4}]}, {"ports": [{"port": 1, "external": 5}]}, {"ports": "update-replace"}),
        ({"check": {"interval": "2m0s"}}, {"check": {"interval": "120s"}}, {"check.interval": "update"}),
        ({"size": 2}, {"size": UNKNOWN}, {"size": "update"}),
        ({"ports": [{"port": 1}]}, {"ports": [{"port": UNKNOWN}]}, {"ports": "update-replace"}),
    ],
)
def test_every_other_value_is_one(state: dict[str, Any], inputs: dict[str, Any], expected: dict[str, str]) -> None:
    assert difference(state, inputs) == expected


def test_ignored_paths_cover_what_is_below_them() -> None:
    state, inputs = {"check": {"interval": "1s"}, "size": 1}, {"check": {"interval": "2s"}, "size": 2}
    assert difference(state, inputs, "check") == {"size": "update"}
    assert difference(state, inputs, "check.interval", "size") == {}
    assert difference(state, inputs, "che") == {"check.interval": "update", "size": "update"}
