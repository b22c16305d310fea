"""What an answer means: failures of every form are typed, and keep the words of the API."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.tensordock.client.answer import Answer, content, seconds
from providers.tensordock.client.errors import (
    Doubtful,
    NoBalance,
    NoCapacity,
    NotFound,
    RateLimited,
    Refused,
    TensorDockError,
    Unauthorized,
)  # fmt: skip
from providers.tensordock.client.instance import instance
from providers.tensordock.client.status import Status

ARRAY = b'[{"code":"custom","message":"SSH port (22) must be forwarded","path":["data","port_forwards"]}]'


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (200, b'{"status":400,"error":"No available nodes found"}', NoCapacity, "No available nodes found"),
        (200, b'{"error":"Hostnode unavailable","status":400}', NoCapacity, "Hostnode unavailable"),
        (200, b'{"status":404,"error":"not found"}', NotFound, "not found"),
        (200, b'{"status":500,"error":"unexpected error during deployment"}', Doubtful, "unexpected error"),
        (200, b"", Doubtful, "an empty answer"),
        (200, b"[]", Doubtful, "[]"),
        (200, b'{"data": {"id": "', Doubtful, "data"),
        (200, b"<html>Welcome</html>", Doubtful, "Welcome"),
        (400, ARRAY, Refused, "SSH port (22) must be forwarded (data.port_forwards)"),
        (400, b'{"error":"You need at least $1"}', NoBalance, "at least $1"),
        (400, b'{"error":"Insufficient capacity in zone"}', NoCapacity, "Insufficient capacity"),
        (400, b'{"error":"unexpected error during deployment"}', NoCapacity, "unexpected error"),
        (402, b'{"error":"Payment required"}', NoBalance, "Payment required"),
        (408, b'{"error":"Request timeout"}', Doubtful, "Request timeout"),
        (401, b'{"error":"Unauthorized"}', Unauthorized, "Unauthorized"),
        (403, b"<html>no</html>", Unauthorized, "no"),
        (404, b'{"error":"gone"}', NotFound, "gone"),
        (404, b"", NotFound, "an empty answer"),
        (404, b"<html>nginx</html>", Doubtful, "nginx"),
        (409, b'{"error":"already running"}', Refused, "already running"),
        (429, b'{"error":"Too many"}', RateLimited, "Too many"),
        (500, b'{"error":"oops"}', Doubtful, "oops"),
        (502, b"<html><body>Bad gateway</body></html>", Doubtful, "Bad gateway"),
        (302, b"", Doubtful, "302"),
    ],
)
def test_every_form_of_failure_is_told_apart_with_its_words(
    status: int, body: bytes, kind: type[TensorDockError], words: str
) -> None:
    with pytest.raises(TensorDockError) as caught:
        content(Answer(status, body), "GET /x")
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert str(caught.value).startswith("GET /x: ")


def test_a_success_keeps_prices_exact() -> None:
    assert content(Answer(200, b'{"rateHourly": 0.1000001}'), "x") == {"rateHourly": Decimal("0.1000001")}


def test_no_content_is_a_success() -> None:
    assert content(Answer(204), "x") == {}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["error", "status", "data", "message"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["error", "errors", "status", "path"]), inner),
)


@given(st.integers(100, 599), st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_answer_whatsoever_raises_anything_untyped(status: int, body: bytes) -> None:
    try:
        found: Any = content(Answer(status, body), "GET /x")
    except TensorDockError:
        return
    assert isinstance(found, dict)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7),
        ("Wed, 01 Jan 2025 00:00:10 GMT", 10),
        ("Wed, 01 Jan 2020 00:00:00 GMT", 0),
        ("soon", None),
        ("\u00b2", None),
        (None, None),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_date(header: str | None, wait: float | None) -> None:
    assert seconds(header, datetime(2025, 1, 1, tzinfo=UTC)) == wait


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_is_kept_that_a_busy_service_asks_for(status: int) -> None:
    with pytest.raises(TensorDockError) as caught:
        content(Answer(status, b"{}", "33"), "GET /x")
    assert caught.value.retry_after == 33


@pytest.mark.parametrize(
    "odd",
    [
        {"resources": {"vcpu_count": 4, "gpus": [{"v0Name": "x", "count": 1}]}},
        {"resources": []},
        {"rateHourly": "about 1 USD"},
        {"rateHourly": Decimal("1e99999999")},
        {"ipAddress": {"v4": "203.0.113.1"}},
        {"portForwards": [{"internal_port": 22, "external_port": None}]},
        {"name": 7},
    ],
)
def test_one_machine_in_an_odd_form_does_not_hide_that_it_is_there(odd: dict[str, Any]) -> None:
    found = instance({"id": "vm", "attributes": {"name": "n", "status": "Running", **odd}}, "GET /instances")
    assert (found.id, found.status, found.hourly, found.ip_address, found.forwards) == (
        "vm", Status.RUNNING, None, None, (),
    )  # fmt: skip


def test_an_answer_of_endless_depth_describes_no_machine() -> None:
    deep: dict[str, Any] = {"id": "vm"}
    for _ in range(100_000):
        deep = {"data": deep}
    with pytest.raises(Doubtful):
        instance(deep, "GET /x")
