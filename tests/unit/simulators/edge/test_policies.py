"""Whom a policy lets in."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.cloudflare.edge.admission import admitting
from simulators.cloudflare.edge.duration import seconds
from simulators.cloudflare.edge.selector import Visitor
from tests.unit.simulators.edge.zone import OWNER, Zone

DOMAIN = {"email_domain": {"domain": "dev.test"}}


@pytest.mark.parametrize(
    ("email", "include", "more", "admitted"),
    [
        ("OWNER@dev.test", OWNER, {}, True),
        ("other@dev.test", OWNER, {}, False),
        ("other@dev.test", DOMAIN, {}, True),
        ("other@dev.test.evil.test", DOMAIN, {}, False),
        ("other@evil-dev.test", DOMAIN, {}, False),
        ("owner@dev.test", DOMAIN, {"exclude": [OWNER]}, False),
        ("owner@dev.test", DOMAIN, {"require": [OWNER]}, True),
        ("other@dev.test", DOMAIN, {"require": [OWNER]}, False),
        (None, {"everyone": {}}, {}, False),
        ("any@where.test", {"everyone": {}}, {}, True),
    ],
)
def test_a_policy_of_people(
    zone: Zone, email: str | None, include: dict[str, Any], more: dict[str, Any], admitted: bool
) -> None:
    application = zone.login("chat.dev.test", zone.policy(include, **more))
    visitor = Visitor("192.0.2.7", email)
    assert (admitting(zone.service.account, application, visitor) is not None) is admitted


def test_the_first_policy_that_means_a_person_decides(zone: Zone) -> None:
    allow, deny = zone.policy(DOMAIN), zone.policy(OWNER, decision="deny")
    owner = Visitor("192.0.2.7", "owner@dev.test")
    account = zone.service.account
    assert admitting(account, zone.login("a.dev.test", allow, deny), owner)
    assert not admitting(account, zone.login("b.dev.test", deny, allow), owner)


def test_selectors_that_nobody_evaluates_are_refused_when_they_are_stored(zone: Zone) -> None:
    with pytest.raises(AssertionError, match="does not know the selector 'geo'"):
        zone.policy({"geo": {"country_code": "DE"}})


@pytest.mark.parametrize("rule", [{"ip": {"ip": "everywhere"}}, {"email": {"address": "a@dev.test"}}])
def test_rules_that_cannot_be_evaluated_are_refused_when_they_are_stored(zone: Zone, rule: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="invalid_request"):
        zone.policy(rule)


def test_durations_that_are_none_are_refused_when_they_are_stored(zone: Zone) -> None:
    for store in (
        lambda: zone.policy(OWNER, session_duration="1d"),
        lambda: zone.login("chat.dev.test", session_duration="soon"),
        lambda: zone.key(duration="forever"),
    ):
        with pytest.raises(AssertionError, match="is not a duration"):
            store()


@pytest.mark.parametrize(("text", "number"), [("24h", 86400), ("1h30m", 5400), ("1.5h", 5400), ("300ms", 0.3)])
def test_durations(text: str, number: float) -> None:
    assert seconds(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "0", "24", "1d", "h", "1h ", "-1h"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        seconds(text)
