"""What the Cloudflare account says is taken as it is, or refused: never as an account in which nothing is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tenacity import wait_none

from operations.edge import account as account_module
from operations.edge.account import ATTEMPTS, LONGEST_PAUSE_S, PAGE, CloudflareAccount
from operations.edge.found import unknown_to_state
from operations.failure import Failure
from simulators.http_server import Handler, serving_http
from tests.unit.operations.test_simulated_edge import planned

TOKEN = "the-token-of-the-account-which-nobody-may-see"


class Api:
    """Answers every call with `status` and `body`; a function of the page is asked for each."""

    url = ""
    status = 200
    body: Any = b""
    headers: Mapping[str, str] = {}
    waited: list[float]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setattr(account_module, "wait_exponential", lambda *_args, **_more: wait_none())
    told = Api()
    told.waited = []
    monkeypatch.setattr("time.sleep", told.waited.append)

    class Answering(Handler):
        def answer(self) -> None:
            page = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
            body = told.body(page) if callable(told.body) else told.body
            self.reply(told.status, body if isinstance(body, bytes) else json.dumps(body).encode(), **told.headers)

        do_GET = do_DELETE = answer

    with serving_http(Answering) as told.url:
        yield told


def account(api: Api) -> CloudflareAccount:
    return CloudflareAccount("a" * 32, "b" * 32, TOKEN, api.url)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>hello</html>", b"[]", b'"ok"', b"null", b"{}", {"success": False, "errors": []}, {"result": []},
        {"success": True, "result": {"items": []}}, {"success": True, "result": ["x"]},
        {"success": True, "result": [{"name": "without an id"}]}, {"success": True, "result": "none"},
    ],
)  # fmt: skip
def test_an_answer_that_is_no_list_is_never_an_empty_account(api: Api, body: Any) -> None:
    api.body = body
    with pytest.raises(Failure) as refused:
        list(account(api).all("dns_records"))
    assert TOKEN not in str(refused.value) and "dns_records" in str(refused.value)


@pytest.mark.parametrize("status", [429, 500, 502])
def test_an_account_that_does_not_answer_is_a_failure_in_words(api: Api, status: int) -> None:
    api.status, api.body = status, b"<html>"
    with pytest.raises(Failure, match=f"HTTP {status}"):
        list(account(api).all("cfd_tunnel"))


@pytest.mark.parametrize(("asked", "seconds"), [("7", 7), ("86400", LONGEST_PAUSE_S), ("soon", 0)])
def test_a_pause_that_the_account_asks_for_is_kept(api: Api, asked: str, seconds: int) -> None:
    api.status, api.headers = 429, {"Retry-After": asked}
    with pytest.raises(Failure, match="HTTP 429"):
        list(account(api).all("cfd_tunnel"))
    assert api.waited == [seconds] * (ATTEMPTS - 1)


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_lacks_a_scope_is_told_which(api: Api, status: int) -> None:
    api.status, api.body = status, {"success": False, "errors": [{"code": 10000, "message": "Authentication error"}]}
    with pytest.raises(Failure, match="Zone > DNS > Edit"):
        list(account(api).all("dns_records"))


@pytest.mark.parametrize("info", [{"total_pages": 3}, {"total_count": 2 * PAGE + 1, "per_page": PAGE}])
def test_every_page_is_read_however_their_number_is_told(api: Api, info: dict[str, int]) -> None:
    api.body = lambda page: {"success": True, "result": [{"id": f"r{page}"}], "result_info": {"page": page, **info}}
    assert [one["id"] for one in account(api).all("dns_records")] == ["r1", "r2", "r3"]


@pytest.mark.parametrize("body", [b"", {"result": {"id": "r1"}}, {"success": True, "result": None}])
def test_a_removal_that_says_little_is_one(api: Api, body: Any) -> None:
    api.body = body
    account(api).remove("dns_records", "r1")


def test_the_keys_of_another_environment_are_not_taken_for_leftovers() -> None:
    """`dev` begins like `dev-office`, and a key may be called like the rest of that name."""
    keys = [{"id": "1", "name": "robot (ai-platform-dev-office)"}, {"id": "2", "name": "ai-platform-dev-office-robot"}]
    own = {"id": "3", "name": "robot (ai-platform-dev)"}
    found = unknown_to_state(planned("dev"), "access/service_tokens", [*keys, own], [])
    assert [one.identifier for one in found] == ["3"]


def test_a_tunnel_that_was_deleted_is_no_leftover_and_one_that_serves_is_connected() -> None:
    name = {"name": "ai-platform-dev", "connections": []}
    gone = {"id": "1", **name, "deleted_at": "2026-01-01T00:00:00Z"}
    serving = [{"id": status, **name, "status": status, "deleted_at": None} for status in ("healthy", "degraded")]
    idle = {"id": "idle", **name, "status": "inactive"}
    found = unknown_to_state(planned("dev"), "cfd_tunnel", [gone, *serving, idle], [])
    assert {one.identifier: one.connected for one in found} == {"healthy": True, "degraded": True, "idle": False}
