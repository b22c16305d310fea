"""A Cloudflare account as far as the platform looks at it: lists, and removals of what is its own.

Paths, envelope and page parameters: developers.cloudflare.com/api. Making and changing things is Pulumi's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from operations.failure import Failure

OFFICIAL_URL = "https://api.cloudflare.com/client/v4"
TIMEOUT_S = (10, 30)
ATTEMPTS = 5
LONGEST_PAUSE_S = 300
"""The window in which Cloudflare counts calls (1200 of them; fundamentals/api/reference/limits)."""
PAGE = 50
MOST_PAGES = 200
TOKENS_PAGE = "https://dash.cloudflare.com/profile/api-tokens"
SCOPES = {
    "cfd_tunnel": "Account > Cloudflare Tunnel > Edit",
    "access/apps": "Account > Access: Apps and Policies > Edit",
    "access/policies": "Account > Access: Apps and Policies > Edit",
    "access/service_tokens": "Account > Access: Service Tokens > Edit",
    "dns_records": "Zone > DNS > Edit",
    "rulesets": "Zone > Zone WAF > Edit",
}
"""What a token has to be allowed, for each kind of thing; as the dashboard names it."""
OF_ZONES = frozenset({"dns_records", "rulesets"})
Document = dict[str, Any]


class Passing(Exception):
    """A failure that may be gone the next time. `pause`: seconds that Cloudflare asks for."""

    def __init__(self, cause: str, pause: int = 0) -> None:
        super().__init__(cause)
        self.pause = min(pause, LONGEST_PAUSE_S)


class CloudflareAccount:
    """One account and zone, seen with one token. The token travels as a header and appears nowhere else."""

    def __init__(self, account_id: str, zone_id: str, token: str, base_url: str = "") -> None:
        self._account, self._zone = account_id, zone_id
        self._base_url = (base_url or os.environ.get("CLOUDFLARE_BASE_URL") or OFFICIAL_URL).rstrip("/")
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def all(self, kind: str) -> Iterator[Document]:
        """Everything of a kind, page after page. Raises Failure; for a token that lacks a scope with its name."""
        for page in range(1, MOST_PAGES + 1):
            query = {} if kind == "rulesets" else {"page": page, "per_page": PAGE}
            answer = self._call("GET", kind, self._path(kind), query)
            found = [] if answer.get("result") is None else answer["result"]
            if not isinstance(found, list) or not all(isinstance(one, dict) and one.get("id") for one in found):
                cause = f"Cloudflare GET {self._path(kind)}: the answer is no list of things with an id"
                raise Failure(cause, f"is {self._base_url} the API of Cloudflare? cloudflare:baseUrl says where it is")
            yield from found
            if _pages(answer.get("result_info") or {}) <= page:
                return
        cause = f"Cloudflare has more than {MOST_PAGES * PAGE} {kind} there: not all of them can be looked at"
        raise Failure(cause, "remove what nobody needs, or use another zone or account")

    def remove(self, kind: str, identifier: str) -> None:
        """Gone, or gone already."""
        self._call("DELETE", kind, f"{self._path(kind)}/{identifier}", {})

    def disconnect(self, tunnel: str) -> None:
        """Tells its connectors to go: Cloudflare deletes no tunnel that is connected."""
        self._call("DELETE", "cfd_tunnel", f"{self._path('cfd_tunnel')}/{tunnel}/connections", {})

    def _path(self, kind: str) -> str:
        return f"zones/{self._zone}/{kind}" if kind in OF_ZONES else f"accounts/{self._account}/{kind}"

    def _call(self, method: str, kind: str, path: str, query: dict[str, int]) -> Document:
        again = Retrying(
            retry=retry_if_exception_type(Passing), stop=stop_after_attempt(ATTEMPTS),
            wait=_pause, reraise=True,
        )  # fmt: skip
        try:
            return again(self._once, method, kind, path, query)
        except Passing as failure:
            raise Failure(f"Cloudflare {method} {path}: {failure}", "run the same command again") from None

    def _once(self, method: str, kind: str, path: str, query: dict[str, int]) -> Document:
        try:
            answer = self._session.request(method, f"{self._base_url}/{path}", params=query, timeout=TIMEOUT_S)
        except requests.RequestException as error:
            raise Passing(type(error).__name__) from None
        if answer.status_code == 404 and method == "DELETE":
            return {}
        if answer.status_code == 429 or answer.status_code >= 500:
            asked = answer.headers.get("Retry-After", "")
            raise Passing(f"HTTP {answer.status_code}", int(asked) if asked.isdecimal() else 0)
        told = _told(answer)
        # What says nothing of success is no answer of the API, but for removals: some give the identifier only.
        if answer.ok and told.get("success", method == "DELETE"):
            return told
        errors = "; ".join(f"{one.get('code')}: {one.get('message')}" for one in told.get("errors") or [])
        cause = f"Cloudflare {method} {path}: HTTP {answer.status_code}: {errors or answer.reason}"
        if answer.status_code in (401, 403):
            raise Failure(cause, f"give the token {SCOPES[kind]!r} at {TOKENS_PAGE}, or set a valid one: {REMEDY}")
        raise Failure(cause, "read the message above; when it is mended, run the same command again")


REMEDY = "scripts/pulumi config set --secret --path 'ai-platform:secrets.cloudflare-api-token'"


def _pause(state: RetryCallState) -> float:
    """Twice as long each time, and never shorter than what was asked for."""
    failure = state.outcome and state.outcome.exception()
    asked = failure.pause if isinstance(failure, Passing) else 0
    return max(asked, wait_exponential(0.5, max=20)(state))


def _pages(info: Document) -> int:
    """How many there are; some lists tell how many things there are only."""
    return int(info.get("total_pages") or -(-int(info.get("total_count") or 0) // int(info.get("per_page") or PAGE)))


def _told(answer: requests.Response) -> Document:
    try:
        told = answer.json()
    except ValueError:
        return {"success": answer.ok and not answer.content}
    return told if isinstance(told, dict) else {}
