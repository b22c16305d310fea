"""Names, offers, checks and differences: everything that is decided before a call."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.common.values import UNKNOWN
from providers.tensordock.client.location import Location
from providers.tensordock.client.money import hourly, to_dollars, to_micros
from providers.tensordock.client.status import Status
from providers.tensordock.plugin.changes import instance_changes
from providers.tensordock.plugin.checks import creation_failures, failures
from providers.tensordock.plugin.identity import LONGEST, identity, of_name
from providers.tensordock.plugin.inputs import InstanceInputs
from providers.tensordock.plugin.offers import choose
from providers.tensordock.plugin.schema import package_schema
from simulators.tensordock.stock import default_stock
from tests.engine.tensordock_rig import INSTANCE, URN

LOCATIONS = [Location.model_validate(place.document()) for place in default_stock()]


def wanted(**changed: Any) -> InstanceInputs:
    return InstanceInputs.model_validate({**INSTANCE, **changed})


def places(**changed: Any) -> list[str | None]:
    return [offer.location_id for offer in choose(wanted(**changed), LOCATIONS).offers]


@given(st.text(max_size=80), st.text(max_size=200))
def test_a_name_fits_the_service_and_carries_its_owner(namespace: str, resource: str) -> None:
    urn = f"urn:pulumi:stack::project::tensordock:index:Instance::{resource}"
    ours = identity(namespace, urn, {"image": "a"})
    assert len(ours.name) <= LONGEST
    assert of_name(ours.name) == ours
    assert ours == identity(namespace, urn, {"image": "a"})


def test_names_differ_by_namespace_resource_and_choice_but_the_owner_not_by_choice() -> None:
    one = identity("a", URN, {"image": "x"})
    assert identity("b", URN, {"image": "x"}).owner != one.owner
    assert identity("a", URN + "2", {"image": "x"}).owner != one.owner
    other = identity("a", URN, {"image": "y"})
    assert (other.owner, other.name != one.name) == (one.owner, True)


@pytest.mark.parametrize("name", ["gpu", "by-hand-12345678", "dev-1234567-123456", ""])
def test_foreign_names_have_no_owner(name: str) -> None:
    assert of_name(name) is None


def test_the_cheapest_allowed_place_comes_first() -> None:
    assert places() == ["loc-home", "loc-mid", "loc-best"]
    assert places(prefer="tier") == ["loc-best", "loc-mid", "loc-home"]
    assert places(minimumTier=1) == ["loc-mid", "loc-best"]
    assert places(locationIds=["loc-best"]) == ["loc-best"]
    assert places(attempts=1) == ["loc-home"]


def test_the_cap_is_the_price_of_the_whole_machine_and_every_rejection_is_told() -> None:
    choice = choose(wanted(maxHourlyPrice=0.349), LOCATIONS)
    assert [offer.hourly for offer in choice.offers] == [349_000]
    assert any("costs 0.399 USD an hour, more than the cap of 0.349 USD an hour" in line for line in choice.rejected)
    assert places(maxHourlyPrice=0.348999) == []


def test_a_named_host_needs_no_offers() -> None:
    offers = choose(wanted(hostnodeId="node-1"), []).offers
    assert [(offer.hostnode_id, offer.location_id) for offer in offers] == [("node-1", None)]


def test_all_mistakes_are_found_at_once_and_unknown_values_are_not_judged() -> None:
    wrong = {**INSTANCE, "vcpuCount": 3, "storageGb": 10, "minimumTier": 9, "colour": "red", "ramGb": UNKNOWN}
    del wrong["gpuModel"]
    found = {failure.property for failure in failures(InstanceInputs, wrong)}
    assert found == {"vcpuCount", "storageGb", "minimumTier", "colour", "gpuModel"}
    assert failures(InstanceInputs, {**INSTANCE, "sshKey": UNKNOWN, "gpuModel": UNKNOWN}) == []


def test_contradictions_of_a_creation_are_found() -> None:
    found = [each.property for each in creation_failures({"sshKey": "a", "sshKeyId": "b", "dedicatedIp": False})]
    assert found == ["image", "sshKey", "portForwards"]
    assert list(creation_failures({**INSTANCE, "sshKey": UNKNOWN})) == []


STATE = {**INSTANCE, "gpuCount": 1, "running": True, "status": "running"}


@pytest.mark.parametrize(
    ("changed", "replaces"),
    [
        ({"vcpuCount": 8}, False), ({"ramGb": 32}, False), ({"running": False}, False), ({"maxHourlyPrice": 2}, False),
        ({"storageGb": 200}, False), ({"storageGb": 100, "gpuCount": 2}, False),
        ({"image": "debian12"}, True), ({"gpuModel": "other"}, True), ({"sshKey": "other"}, True),
        ({"cloudInit": {"runcmd": ["true"]}}, True), ({"dedicatedIp": False}, True),
    ],
)  # fmt: skip
def test_what_the_api_can_change_is_changed_in_place_and_the_rest_replaces(
    changed: dict[str, Any], replaces: bool
) -> None:
    found = instance_changes({**STATE, "dedicatedIp": True}, {**STATE, "dedicatedIp": True, **changed})
    assert found
    assert any(change.replaces for change in found) is replaces


def test_a_disk_never_shrinks_in_place() -> None:
    assert [change.replaces for change in instance_changes({**STATE, "storageGb": 200}, STATE)] == [True]
    assert [change.replaces for change in instance_changes({**STATE, "gpuCount": 2}, STATE)] == [True]


def test_a_taken_card_replaces_only_a_machine_that_is_to_run() -> None:
    taken = {**STATE, "running": False, "gpuTaken": True}
    assert [change.replaces for change in instance_changes(taken, STATE)] == [True]
    assert instance_changes(taken, {**STATE, "running": False}) == []


def test_of_an_imported_machine_only_what_is_known_is_compared() -> None:
    known = {name: STATE[name] for name in ("gpuModel", "gpuCount", "vcpuCount", "ramGb", "storageGb", "running")}
    assert instance_changes(known, STATE) == []
    assert instance_changes(known, {**STATE, "ramGb": 32}) != []


@pytest.mark.parametrize("word", ["StoppedDisassociated", "stopped_disassociated", "STOPPED-DISASSOCIATED"])
def test_states_have_one_spelling(word: str) -> None:
    assert Status.of(word) is Status.STOPPED_DISASSOCIATED
    assert Status.of("hibernating") is Status.UNKNOWN


@given(st.integers(0, 10**12))
def test_money_is_exact_and_never_rounded_down(micros: int) -> None:
    assert to_micros(to_dollars(micros)) == micros
    assert to_micros(f"{to_dollars(micros)}1" if "." in str(to_dollars(micros)) else f"{micros}.0000001") > 0


@pytest.mark.parametrize("wrong", [-1, "x", float("nan"), float("inf"), None])
def test_what_is_no_amount_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="no amount of money"):
        to_micros(wrong)


def test_prices_for_people_are_plain() -> None:
    assert (hourly(349_000), hourly(2_000_000), hourly(None)) == (
        "0.349 USD an hour", "2 USD an hour", "an unknown price an hour"
    )  # fmt: skip


def test_the_schema_names_every_input_and_keeps_secrets_secret() -> None:
    schema = package_schema()
    instance = schema["resources"]["tensordock:index:Instance"]
    assert set(INSTANCE) <= set(instance["inputProperties"])
    assert instance["inputProperties"]["cloudInit"]["secret"]
    assert instance["inputProperties"]["image"]["replaceOnChanges"]
    assert schema["config"]["variables"]["apiToken"]["secret"]
    assert "tensordock:index:WriteFile" in schema["types"]
    json.dumps(schema)
