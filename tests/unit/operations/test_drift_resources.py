"""What the engine's refresh has found, read from what CLI 3.250 really printed (refreshes/)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from operations.drift.engine import on_hosts
from operations.drift.resources import resource_drift

REFRESHES = Path(__file__).with_name("refreshes")
URN = "urn:pulumi:drift-lab::ai-platform::ai-platform:index:ServiceContainer$docker:index"


def refreshed(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REFRESHES / f"{name}.json").read_text())
    return found


@pytest.mark.parametrize(
    ("name", "differences"),
    [
        ("nothing-differs", []),
        ("container-stopped", [("Container redis: state", "running", "stopped")]),
        (
            "container-edited",
            [
                ("Container redis: memory", "256", "300"),
                ("Container redis: memorySwap", "256", "300"),
                ("Container redis: networks", '["ai-platform-drift-lab"]', "[]"),
                (
                    "Container redis: ports",
                    '[{"external": 60407, "internal": 6379, "ip": "127.0.0.1", "protocol": "tcp"}]',
                    "[]",
                ),
            ],
        ),
        (
            "container-and-volume-removed",
            [("Container redis: existence", "there", "gone"), ("Volume redis-data: existence", "there", "gone")],
        ),
    ],
)
def test_each_difference_is_named_with_what_is_declared_and_what_is_there(
    name: str, differences: list[tuple[str, str, str]]
) -> None:
    drift = resource_drift(refreshed(name), "drift-lab")
    assert sorted((one.subject, one.declared, one.found) for one in drift.findings) == differences
    assert {one.where for one in drift.findings} <= {"local"}
    assert not drift.untold


def test_what_cannot_be_read_is_untold_and_no_difference() -> None:
    drift = resource_drift(refreshed("engine-does-not-answer"), "drift-lab")
    assert not drift.findings
    assert sorted((one.where, one.cause.partition(":")[0]) for one in drift.untold) == [
        ("local", "local-network"),
        ("local", "redis-data"),
    ]
    assert all("failed to connect to any docker daemon" in one.cause for one in drift.untold)


def test_a_property_that_changes_by_itself_is_no_difference() -> None:
    printed = refreshed("nothing-differs")
    for step in printed["steps"]:
        if step["newState"].get("type") == "docker:index/container:Container":
            step["newState"]["outputs"]["networkDatas"][0]["ipAddress"] = "172.30.0.9"
    assert not resource_drift(printed, "drift-lab").findings


def test_without_a_detailed_difference_declared_properties_are_compared() -> None:
    printed = refreshed("container-edited")
    for step in printed["steps"]:
        step["detailedDiff"] = None
    found = {one.what for one in resource_drift(printed, "drift-lab").findings}
    assert found == {"memory", "memorySwap", "networks", "ports"}


def test_resources_of_an_unreachable_host_are_left_out_with_their_provider() -> None:
    resources = [
        {"urn": "urn:pulumi:s::p::pulumi:providers:docker::docker-mac"},
        {"urn": "urn:pulumi:s::p::pulumi:providers:docker::docker-mac-two"},
        {"urn": "one", "provider": "urn:pulumi:s::p::pulumi:providers:docker::docker-mac::id"},
        {"urn": "two", "provider": "urn:pulumi:s::p::pulumi:providers:docker::docker-mac-two::id"},
        {"urn": "three", "provider": "urn:pulumi:s::p::pulumi:providers:random::default::id"},
    ]
    left_out = list(on_hosts(resources, {"mac"}))
    assert left_out == ["urn:pulumi:s::p::pulumi:providers:docker::docker-mac", "one"]
