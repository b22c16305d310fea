import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.probing.conversation import CONVERSATIONS
from operations.probing.endpoint import Endpoint, parse_endpoint
from operations.probing.verdict import State

METHODS = {"GET": "http://127.0.0.1:80", "REDIS": "tcp://127.0.0.1:6379", "POSTGRES": "tcp://127.0.0.1:5432"}


def endpoint(method: str, url: str | None = None, status: int = 200) -> Endpoint:
    probe = {"method": method, "path": "/health" if method == "GET" else "", "status": status, "timeout": 1}
    place = {"name": "x", "service": "x", "host": "local", "url": url or METHODS[method]}
    return parse_endpoint({**place, "probe": probe, "needs": []})


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def refusal(sqlstate: bytes) -> bytes:
    return message(b"E", b"SFATAL\0C" + sqlstate + b"\0Mno\0\0")


@pytest.mark.parametrize(
    ("method", "answer", "state"),
    [
        ("GET", b"HTTP/1.1 200 OK\r\n\r\n", State.HEALTHY),
        ("GET", b"HTTP/1.0 200 \r\n", State.HEALTHY),
        ("GET", b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n", State.HEALTHY),
        ("GET", b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", State.UNHEALTHY),
        ("GET", b"HTTP/1.1 503 Busy\r\n\r\n", State.UNHEALTHY),
        ("GET", b"SSH-2.0-OpenSSH_9.2\r\n", State.UNHEALTHY),
        ("GET", b"x" * 70_000, State.UNHEALTHY),
        ("REDIS", b"+PONG\r\n", State.HEALTHY),
        ("REDIS", b"-NOAUTH Authentication required.\r\n", State.HEALTHY),
        ("REDIS", b"-LOADING Redis is loading the dataset in memory\r\n", State.UNHEALTHY),
        ("REDIS", b"HTTP/1.1 400 Bad Request\r\n", State.UNHEALTHY),
        ("POSTGRES", message(b"R", b"\0\0\0\x0aSCRAM-SHA-256\0\0"), State.HEALTHY),
        ("POSTGRES", message(b"R", b"\0\0\0\0"), State.HEALTHY),
        ("POSTGRES", refusal(b"28000"), State.HEALTHY),
        ("POSTGRES", refusal(b"3D000"), State.HEALTHY),
        ("POSTGRES", refusal(b"57P03"), State.UNHEALTHY),
        ("POSTGRES", refusal(b"53300"), State.UNHEALTHY),
        ("POSTGRES", b"HTTP/1.1 400 Bad Request\r\n", State.UNHEALTHY),
    ],
)
def test_only_the_expected_answer_is_healthy(method: str, answer: bytes, state: State) -> None:
    finding = CONVERSATIONS[method](endpoint(method)).judge(answer, False)
    assert finding is not None
    assert finding.state is state


def test_a_server_that_wants_tls_is_alive_and_says_so() -> None:
    answer = message(b"E", b"SFATAL\0C28000\0Mno pg_hba.conf entry for host, no encryption\0\0")
    finding = CONVERSATIONS["POSTGRES"](endpoint("POSTGRES")).judge(answer, False)
    assert finding is not None
    assert (finding.state, finding.detail) == (State.HEALTHY, "asks for TLS")


@pytest.mark.parametrize("method", METHODS)
def test_silence_waits_and_an_end_without_an_answer_is_unhealthy(method: str) -> None:
    judge = CONVERSATIONS[method](endpoint(method)).judge
    assert judge(b"", False) is None
    ended = judge(b"", True)
    assert ended is not None
    assert ended.state is State.UNHEALTHY


@given(st.sampled_from(sorted(METHODS)), st.binary(max_size=300), st.booleans())
def test_no_bytes_make_a_judge_fail_or_wait_for_ever(method: str, data: bytes, ended: bool) -> None:
    finding = CONVERSATIONS[method](endpoint(method)).judge(data, ended)
    assert finding is not None or not ended
    if finding:
        assert finding.detail.isprintable()


@pytest.mark.parametrize(
    ("answer", "detail"), [(b"+PONG\r\n", "answers"), (b"-NOAUTH Authentication required.\r\n", "asks for a login")]
)
def test_a_redis_that_works_is_told_in_words(answer: bytes, detail: str) -> None:
    finding = CONVERSATIONS["REDIS"](endpoint("REDIS")).judge(answer, False)
    assert finding is not None
    assert finding.detail == detail


def test_a_request_carries_the_prefix_of_the_url_and_ends_the_connection() -> None:
    opening = CONVERSATIONS["GET"](endpoint("GET", "http://[::1]:8080/api")).opening
    assert opening.startswith(b"GET /api/health HTTP/1.1\r\nHost: [::1]:8080\r\n")
    assert b"Connection: close\r\n" in opening
