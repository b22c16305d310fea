"""The part of the rule language that the platform writes is evaluated as written; anything else is refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.public_access import limits, refusals
from settings.environment import Environment
from settings.route import Route
from simulators.cloudflare.edge.expression import NotUnderstood, parse
from tests.unit.simulators.edge.zone import Zone

ROUTE = Route(hostname="chat.dev.test", service="web", access="public", methods=("GET", "POST"), paths=("/a/*", "/b"))
ENVIRONMENT = cast("Environment", SimpleNamespace(routes=(ROUTE,)))


def request(host: str = "chat.dev.test", method: str = "GET", path: str = "/b", address: str = "::1") -> dict[str, str]:
    return {"http.host": host, "http.request.method": method, "http.request.uri.path": path, "ip.src": address}


@pytest.mark.parametrize(
    ("asked", "blocked"),
    [
        (request(), False),
        (request(method="POST", path="/a/x"), False),
        (request(method="DELETE"), True),
        (request(path="/a"), True),
        (request(path="/b/c"), True),
        (request(host="other.dev.test", path="/c"), False),
    ],
)
def test_what_the_settings_refuse_is_refused(asked: dict[str, str], blocked: bool) -> None:
    assert parse(refusals(ENVIRONMENT)[0].expression)(asked) is blocked


def test_a_limit_is_of_its_own_name() -> None:
    test = parse(limits(ENVIRONMENT)[0].expression)
    assert test(request())
    assert not test(request(host="other.dev.test"))


@given(
    st.recursive(
        st.sampled_from(["True", "False"]),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map("".join),
            inner.map("not {}".format),
            inner.map("({})".format),
        ),
    )
)
def test_not_binds_before_and_and_and_before_or(logic: str) -> None:
    written = logic.replace("True", 'ip.src eq "::1"').replace("False", 'ip.src ne "::1"')
    assert parse(written)(request()) is eval(logic)


def test_a_rule_may_mean_every_request() -> None:
    assert parse("true")(request())


def test_texts_hold_quotes_and_backslashes() -> None:
    assert parse(r'http.request.uri.path eq "/\"\\"')(request(path='/"\\'))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "false",
        "true true",
        'http.host eq "a" or',
        'http.host eq "a" http.host eq "b"',
        '(http.host eq "a"',
        'http.host contains "a"',
        'http.host matches "a.*"',
        'http.user_agent eq "a"',
        "http.host eq a",
        'http.host in {"a" b}',
        'http.host in {"a"',
        'lower(http.host) eq "a"',
        'ends_with(http.host, "a")',
        'http.host eq "a" && http.host eq "b"',
        'http.host eq "a" xor http.host eq "b"',
        r'http.host eq "\n"',
    ],
)
def test_what_is_not_understood_is_refused_when_it_is_stored(text: str, zone: Zone) -> None:
    with pytest.raises(NotUnderstood):
        parse(text)
    with pytest.raises(AssertionError, match=r"must not be empty|cannot follow"):
        zone.ruleset("http_request_firewall_custom", text)


@pytest.mark.parametrize("action", ["managed_challenge", "log", "skip"])
def test_actions_that_nobody_carries_out_are_refused(action: str, zone: Zone) -> None:
    rule: Any = {"action": action}
    with pytest.raises(AssertionError, match="'block' alone"):
        zone.ruleset("http_request_firewall_custom", 'http.host eq "a"', **rule)
