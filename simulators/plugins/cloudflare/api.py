"""Cloudflare's v4 REST API: authorization, retries and errors as in the official client."""

from collections.abc import Callable
from typing import Any

import requests

from providers.common.errors import PluginError

OFFICIAL_URL = "https://api.cloudflare.com/client/v4/"
RETRIES = 10
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 30.0
TIMEOUT_S = (10, 60)
RETRIED = frozenset({408, 409, 429})
NOT_FOUND = 404

Pause = Callable[[float], None]


class CloudflareApi:
    """One session with one token; the token is sent as a header and appears nowhere else."""

    def __init__(self, base_url: str, token: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any, pause: Pause) -> Any:
        """The `result` of the answer; None for a resource that does not exist.

        Lost connections, 408, 409, 429 and server errors are repeated up to 10 times, at intervals of the
        server's choice or of 2 to 30 s. Raises PluginError with Cloudflare's codes and messages.
        """
        for attempt in range(RETRIES + 1):
            wait = min(FIRST_PAUSE_S * 2**attempt, LONGEST_PAUSE_S)
            try:
                answer = self._session.request(method, f"{self._base_url}/{path}", json=body, timeout=TIMEOUT_S)
            except requests.RequestException as error:
                if attempt == RETRIES:
                    raise PluginError(f"Cloudflare {method} {path}: {error}") from error
            else:
                if answer.status_code == NOT_FOUND and method in ("GET", "DELETE"):
                    return None
                if answer.ok:
                    return answer.json().get("result") if answer.content else {}
                if attempt == RETRIES or not _is_retried(answer):
                    raise PluginError(f"Cloudflare {method} {path}: {_reason(answer)}")
                wait = _wished_pause(answer, wait)
            pause(wait)
        raise AssertionError("the last attempt returns or raises")


def _is_retried(answer: requests.Response) -> bool:
    wish = answer.headers.get("x-should-retry")
    if wish in ("true", "false"):
        return wish == "true"
    return answer.status_code in RETRIED or answer.status_code >= 500


def _wished_pause(answer: requests.Response, otherwise: float) -> float:
    for header, unit in (("Retry-After-Ms", 0.001), ("Retry-After", 1.0)):
        try:
            return float(answer.headers[header]) * unit
        except (KeyError, ValueError):
            continue  # absent, or a date, which this API does not send
    return otherwise


def _reason(answer: requests.Response) -> str:
    try:
        errors = answer.json().get("errors") or []
    except (ValueError, AttributeError):
        return f"HTTP {answer.status_code}: {answer.text[:500]}"
    told = "; ".join(f"{each.get('code')}: {each.get('message')}" for each in errors)
    return f"HTTP {answer.status_code}: {told or answer.reason}"
