from typing import Any

import pytest

from operations.probing.endpoint import EndpointsError, parse_endpoints, with_needs

PROBE = {"method": "GET", "path": "/", "status": 200, "timeout": 5}
GOOD: dict[str, Any] = {
    "name": "web", "service": "web", "host": "local", "url": "http://127.0.0.1:80", "probe": PROBE,
    "route": None, "access": None, "needs": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"url": "ftp://127.0.0.1"}, "method 'GET' does not go with the url 'ftp://127.0.0.1'"),
        ({"url": "http://"}, "lacks a host or a port"),
        ({"url": "http://h:99999"}, "Port out of range"),
        ({"probe": {**PROBE, "path": "/ HTTP/1.1\r\nX: y"}}, "do not belong in a URL"),
        ({"probe": {**PROBE, "timeout": 0}}, "timeout 0.0 is not between 0 and 600 seconds"),
        ({"probe": {**PROBE, "timeout": float("nan")}}, "timeout nan"),
        ({"probe": {**PROBE, "method": "POST"}}, "method 'POST'"),
        ({"probe": "GET"}, "endpoint 'web'"),
        ({"needs": None}, "endpoint 'web'"),
    ],
)
def test_a_faulty_entry_is_refused_with_its_name_and_cause(change: dict[str, Any], cause: str) -> None:
    with pytest.raises(EndpointsError, match="endpoint 'web'") as refused:
        parse_endpoints([{**GOOD, **change}])
    assert cause in str(refused.value)


@pytest.mark.parametrize("document", [None, {}, [], ["web"], [GOOD, GOOD]])
def test_a_list_that_cannot_tell_anything_is_refused(document: object) -> None:
    with pytest.raises(EndpointsError):
        parse_endpoints(document)


def test_a_name_brings_everything_that_it_needs_and_nothing_else() -> None:
    chain = [("a", ["b"]), ("b", ["c", "gone"]), ("c", ["a"]), ("other", [])]
    endpoints = parse_endpoints([{**GOOD, "name": name, "needs": needs} for name, needs in chain])
    assert [one.name for one in with_needs(endpoints, ["b"])] == ["a", "b", "c"]


def test_an_unknown_name_is_refused_with_those_that_exist() -> None:
    with pytest.raises(EndpointsError, match="no endpoint is named 'wbe'; there are: web"):
        with_needs(parse_endpoints([GOOD]), ["wbe"])
