"""Rates are counted by address, and held for the mitigation time."""

from __future__ import annotations

import pytest

from simulators.cloudflare.edge.limits import Limits
from simulators.cloudflare.service import Service
from tests.unit.simulators.edge.test_expression import request
from tests.unit.simulators.edge.zone import Zone

HERE = 'http.host eq "chat.dev.test"'
LIMIT = {"characteristics": ["cf.colo.id", "ip.src"], "period": 10, "requests_per_period": 2, "mitigation_timeout": 60}


@pytest.fixture
def limits(zone: Zone) -> Limits:
    zone.ruleset("http_ratelimit", HERE, ratelimit=LIMIT)
    return Limits()


def test_an_address_that_asks_too_often_waits_and_others_do_not(limits: Limits, service: Service) -> None:
    waits = [limits.wait(service.account, request(), now) for now in (0, 1, 2, 30, 61.5, 62, 63, 64.5)]
    assert waits == [None, None, 60, 32, 1, None, None, 60]
    assert limits.wait(service.account, request(address="192.0.2.8"), 65) is None


def test_a_period_that_is_over_counts_anew(limits: Limits, service: Service) -> None:
    assert [limits.wait(service.account, request(), now) for now in (0, 9, 10, 11, 12)] == [None] * 4 + [60]


def test_names_without_a_limit_are_never_held(limits: Limits, service: Service) -> None:
    asked = request(host="other.dev.test")
    assert [limits.wait(service.account, asked, 0) for _ in range(5)] == [None] * 5


def test_a_changed_limit_starts_anew_and_a_disabled_one_holds_nobody(
    limits: Limits, zone: Zone, service: Service
) -> None:
    ruleset = service.account.all("rulesets")[0]
    for _ in range(3):
        limits.wait(service.account, request(), 0)
    rule = ruleset["rules"][0]
    changed = {**rule, "ratelimit": {**LIMIT, "requests_per_period": 1}}
    zone.call("PUT", f"rulesets/{ruleset['id']}", {**ruleset, "rules": [changed]})
    assert [limits.wait(service.account, request(), 1) for _ in range(2)] == [None, 60]
    zone.call("PUT", f"rulesets/{ruleset['id']}", {**ruleset, "rules": [{**changed, "enabled": False}]})
    assert limits.wait(service.account, request(), 2) is None
