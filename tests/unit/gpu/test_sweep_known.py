"""Which machines a state knows."""

from __future__ import annotations

import argparse

import pytest

from operations.gpu.records import INSTANCE
from operations.gpu.sweep.__main__ import span
from operations.gpu.sweep.known import recorded

MACHINE = {"type": INSTANCE, "urn": "u", "outputs": {"name": "pulumi-a-1", "instanceId": "id-1"}}
OLD = {"type": INSTANCE, "urn": "u", "delete": True, "outputs": {"name": "pulumi-a-0", "instanceId": "id-0"}}
HALF = {"resource": {**MACHINE, "outputs": {"name": "pulumi-a-2"}}, "type": "creating"}
OTHER = {"type": "docker:index:Container", "outputs": {"name": "pulumi-a-9"}}


def test_machines_that_wait_for_their_removal_or_are_half_made_are_known() -> None:
    state = {"deployment": {"resources": [MACHINE, OLD, OTHER], "pending_operations": [HALF]}}
    assert set(recorded(state)) == {"pulumi-a-1", "id-1", "pulumi-a-0", "id-0", "pulumi-a-2"}


def test_a_state_without_resources_knows_nothing() -> None:
    assert list(recorded({"deployment": {}})) == []
    assert list(recorded({"deployment": {"resources": None, "pending_operations": None}})) == []


@pytest.mark.parametrize("text", ["nan", "-1", "inf", "soon", ""])
def test_what_is_no_span_of_time_ends_no_wait(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="no span of time"):
        span(text)
