import pytest

from providers.common.naming import with_name
from providers.common.schema import Field, failures, planned, with_defaults
from providers.common.values import UNKNOWN

FIELDS = {
    "name": Field(),
    "image": Field(required=True),
    "restart": Field(default="no"),
    "filled": Field(computed=True),
    "ports": Field(block={"internal": Field(required=True)}),
}
URN = "urn:pulumi:dev::project::a:b:C$docker:index/container:Container::web"


def test_defaults_are_filled_in_and_listed() -> None:
    assert with_defaults({"image": "x"}, FIELDS) == {"image": "x", "restart": "no", "__defaults": ["restart"]}
    assert with_defaults({"restart": "always"}, FIELDS) == {"restart": "always", "__defaults": []}


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"image": "x", "ports": [{"internal": 1}]}, []),
        ({"image": UNKNOWN, "ports": UNKNOWN}, []),
        ({}, ["image is required"]),
        ({"image": "x", "ports": [{"internal": 1}, {}]}, ["ports[1].internal is required"]),
        ({"image": "x", "imgae": "y"}, ["imgae is not a property of this resource that this plugin knows"]),
    ],
)
def test_unknown_and_missing_properties_are_named(inputs: dict[str, object], expected: list[str]) -> None:
    assert [f"{each.property} {each.reason}" for each in failures(inputs, FIELDS)] == expected


def test_preview_of_a_creation_does_not_know_what_the_service_fills_in() -> None:
    assert planned({"image": "x", "__defaults": []}, FIELDS, ("id2",), {}) == {
        "image": "x", "filled": UNKNOWN, "id2": UNKNOWN,
    }  # fmt: skip


def test_update_keeps_what_was_filled_in_and_drops_what_is_no_longer_asked() -> None:
    state = {"image": "x", "name": "old", "filled": 1, "id2": 2}
    assert planned({"image": "y"}, FIELDS, ("id2",), state) == {"image": "y", "filled": 1, "id2": 2}


def test_automatic_name_is_kept_and_differs_between_resources_and_seeds() -> None:
    first = with_name({}, "name", URN, b"seed", {})
    assert first["name"].startswith("web-")
    assert len(first["name"]) == len("web-1234567")
    assert first["__defaults"] == ["name"]
    assert with_name({}, "name", URN, b"seed", {}) == first
    assert with_name({}, "name", URN, b"other", {})["name"] != first["name"]
    assert with_name({}, "name", URN, b"other", first)["name"] == first["name"]
    assert with_name({}, "name", URN, b"seed", {"name": "fixed", "__defaults": []}) == first


def test_given_name_stays() -> None:
    assert with_name({"name": "mine"}, "name", URN, b"seed", {}) == {"name": "mine"}
