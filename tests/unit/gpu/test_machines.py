"""Which machines are ours, and that nothing else is ever taken for an absence."""

from __future__ import annotations

import pytest

from operations.failure import Failure
from operations.gpu.machines import is_ours, machine, our_machines, survey
from providers.tensordock.client.instance import Instance
from providers.tensordock.client.status import Status
from simulators.tensordock.faults import Fault
from tests.unit.gpu.rented import CARD, Rented, name_of


def test_a_machine_tells_its_stack_card_and_price(rented: Rented) -> None:
    identifier = rented.rent()
    found = rented.ours()
    assert (found.stack, found.resource, found.instance_id) == ("dev-inference", "inference", identifier)
    assert (found.status, found.gpu, found.hourly_micro_usd) == (Status.RUNNING, CARD, 349_000)


@pytest.mark.parametrize("shape", ["documented", "flat"])
def test_foreign_machines_are_counted_and_never_read(rented: Rented, shape: str) -> None:
    rented.behave(list_shape=shape)
    for foreign in ("somebody-else", "pulumi-dev-inference", name_of(namespace="other")):
        rented.rent(foreign)
    ours = rented.rent()
    before = len(rented.service.calls)
    found = survey(rented.account())
    assert ([each.instance_id for each in found.ours], len(found.foreign)) == ([ours], 3)
    assert [call.path for call in rented.service.calls[before:]] == ["/instances", f"/instances/{ours}"]


@pytest.mark.parametrize(
    ("name", "stack", "resource"),
    [
        (name_of("dev-inference"), "dev-inference", "inference"),
        (name_of("dev", resource="gpu"), "dev", "gpu"),
        (name_of("dev-inference", resource="dev"), "dev-inference", "dev"),
        (name_of("device", resource="gpu"), None, "device-gpu"),
        (name_of("dev-inference", resource="a" * 80), "dev-inference", "a" * 23),
    ],
)
def test_the_longest_known_stack_of_a_name_is_its_own(name: str, stack: str | None, resource: str) -> None:
    found = machine(Instance(id="1", name=name), "pulumi", ["dev", "dev-inference"])
    assert (found.stack, found.resource) == (stack, resource)


def test_a_name_is_ours_only_with_all_its_parts() -> None:
    assert is_ours(name_of(namespace="A team's"), "a-TEAM-s")
    assert not is_ours("pulumi-dev-inference", "pulumi")
    assert not is_ours(name_of(namespace="pulumis"), "pulumi")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="error", status=502, body="html", times=99),
        Fault(kind="error", status=200, body="ok_with_error", times=99),
        Fault(kind="error", status=200, body="other_shape", times=99),
        Fault(kind="error", status=404, times=99),
        Fault(kind="drop", times=99),
        Fault(kind="error", status=401, times=99),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.body}",
)
def test_an_error_is_never_an_empty_list(rented: Rented, fault: Fault) -> None:
    rented.rent()
    rented.service.faults = [fault]
    with pytest.raises(Failure):
        our_machines(rented.account())


def test_a_machine_that_is_listed_and_cannot_be_found_still_counts(rented: Rented) -> None:
    identifier = rented.rent()
    rented.service.faults = [Fault(kind="error", status=404, path=f"/instances/{identifier}", times=9)]
    assert rented.ours().hourly_micro_usd is None


def test_a_refused_token_is_told_with_what_to_do(rented: Rented) -> None:
    with pytest.raises(Failure, match=r"(?s)refuses the token.*TENSORDOCK_API_TOKEN"):
        our_machines(rented.account(token="revoked"))
