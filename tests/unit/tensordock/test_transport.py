"""One call: what is repeated, what is not, and that the token is never shown."""

import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import MaxRetryError, SSLError

from providers.tensordock.client.api import TensorDock
from providers.tensordock.client.errors import (
    Cancelled,
    Doubtful,
    NoCapacity,
    OutOfTime,
    RateLimited,
    TensorDockError,
    Unauthorized,
    Unreachable,
)  # fmt: skip
from providers.tensordock.client.pace import Pace
from providers.tensordock.client.patience import Patience
from providers.tensordock.client.transport import Transport, wrong_base_url
from simulators.tensordock.account import Account
from simulators.tensordock.clock import SimulatorClock
from simulators.tensordock.faults import Fault
from simulators.tensordock.in_process import URL, WaitingAdvances, session
from simulators.tensordock.service import TOKEN, Service

Make = Callable[..., TensorDock]


@pytest.fixture
def service() -> Service:
    return Service(Account(SimulatorClock(running=False)))


@pytest.fixture
def api(service: Service, tmp_path: Path) -> Make:
    def make(seconds: float = 600, token: str = TOKEN, cancelled: threading.Event | None = None) -> TensorDock:
        transport = Transport(URL, token, Pace("account", tmp_path), session(service))
        return TensorDock(transport, Patience(seconds, cancelled, WaitingAdvances(service)))

    return make


def test_reads_are_repeated_through_errors_of_the_server(api: Make, service: Service) -> None:
    service.faults = [Fault(kind="error", status=502, body="html", times=3), Fault(kind="drop")]
    assert api().instances() == []
    assert len(service.calls) == 5


def test_an_order_is_never_repeated_by_itself(api: Make, service: Service) -> None:
    service.faults = [Fault(kind="lost", times=9)]
    with pytest.raises(Doubtful):
        api().delete("x")
    assert len(service.calls) == 1


def test_retry_after_is_honoured_for_every_call(api: Make, service: Service) -> None:
    service.faults = [Fault(kind="error", status=429, retry_after="33")]
    before = service.account.clock.now
    with pytest.raises(TensorDockError, match="not found"):
        api().delete("x")
    assert 33e6 <= service.account.clock.now - before < 40e6


def test_an_endless_refusal_ends_with_the_time_and_its_own_words(api: Make, service: Service) -> None:
    service.faults = [Fault(kind="error", status=429, message="slow down", times=99)]
    with pytest.raises(RateLimited, match="slow down"):
        api(seconds=20).instances()
    assert len(service.calls) < 6


def test_a_wrong_token_is_tried_once(api: Make, service: Service) -> None:
    with pytest.raises(Unauthorized):
        api(token="wrong").instances()
    assert len(service.calls) == 1


def test_the_service_never_sees_more_calls_than_it_allows(api: Make, service: Service) -> None:
    for _ in range(300):
        api().instances()
    assert service.account.behaviour.calls_per_minute == 100
    assert len(service.calls) == 300


def test_no_call_is_sent_after_the_end_or_a_cancellation(api: Make, service: Service) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        api(cancelled=cancelled).instances()
    with pytest.raises(OutOfTime):
        api(seconds=0).instances()
    assert service.calls == []


@pytest.mark.parametrize("body", ["json", "array", "html", "ok_with_error"])
def test_the_token_is_in_no_error_even_when_the_server_repeats_it(api: Make, service: Service, body: str) -> None:
    fault = {"kind": "error", "status": 400, "body": body, "message": f"bad token {TOKEN}"}
    service.faults = [Fault.model_validate(fault)]
    with pytest.raises(TensorDockError, match=r"bad token \[token\]") as caught:
        api().instances()
    assert TOKEN not in repr(caught.value)
    assert TOKEN not in repr(caught.value.__context__)


def test_capacity_is_told_apart_in_a_body_of_200(api: Make, service: Service) -> None:
    service.faults = [Fault(kind="error", status=400, body="ok_with_error", message="No available nodes found")]
    with pytest.raises(NoCapacity):
        api().delete("x")


def test_a_refused_connection_is_known_to_have_had_no_effect(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unreachable):
            TensorDock(Transport(url, "t", Pace("a", tmp_path)), Patience(5)).delete("x")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ssl.SSLCertVerificationError("self-signed certificate"), Unreachable),
        (ssl.SSLError("decryption failed or bad record mac"), Doubtful),
    ],
)
def test_an_order_may_have_been_taken_when_its_encryption_broke_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: ssl.SSLError, kind: type[TensorDockError]
) -> None:
    def broken(*_given: object, **_more: object) -> None:
        raise requests.exceptions.SSLError(MaxRetryError(HTTPSConnectionPool("x"), "/", SSLError(error)))

    through = requests.Session()
    monkeypatch.setattr(through, "request", broken)
    transport = Transport("https://example.org", "t", Pace("a", tmp_path), through)
    with pytest.raises(TensorDockError) as caught:
        TensorDock(transport, Patience(5)).delete("x")
    assert type(caught.value) is kind


def test_an_answer_that_drips_ends_with_the_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not done.wait(0.1):
                    connection.sendall(b" ")

        done = threading.Event()
        thread = threading.Thread(target=drip)
        thread.start()
        api = TensorDock(
            Transport(f"http://127.0.0.1:{server.getsockname()[1]}", "t", Pace("a", tmp_path)), Patience(1)
        )
        with pytest.raises(Doubtful):
            api.delete("x")
        done.set()
        thread.join()


@pytest.mark.parametrize("url", ["http://example.com", "ftp://127.0.0.1", "dashboard", "https://"])
def test_a_token_travels_encrypted_or_not_at_all(url: str) -> None:
    assert wrong_base_url(url)


@pytest.mark.parametrize("url", ["https://dashboard.tensordock.com/api/v2", "http://127.0.0.9:1/x", "http://localhost"])
def test_known_good_addresses(url: str) -> None:
    assert wrong_base_url(url) is None
