"""Comments of a pull request, through GitHub's REST API (issues/comments, version 2022-11-28).

GitHub answers lists by pages of at most 100 and names the next one in the header `Link`. It asks for a pause with 429,
or with 403 and `Retry-After` or `X-RateLimit-Remaining: 0`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay
from tenacity.wait import wait_exponential_jitter

from operations.failure import Failure

TIMEOUT = (5, 30)
ATTEMPTS = 6
LONGEST_SECONDS = 300
LONGEST_PAUSE_SECONDS = 60
PER_PAGE = 100


class Later(Exception):
    """The API is busy or down for now. `pause`: seconds that it asks for."""

    def __init__(self, cause: str, pause: float = 0) -> None:
        super().__init__(cause)
        self.pause = pause


class PullRequest:
    """Owns the comments of one author; leaves all others alone."""

    def __init__(self, address: str, repository: str, number: int, token: str, author: str) -> None:
        self._base = f"{address.rstrip('/')}/repos/{repository}"
        self._number, self._author = number, author
        self._session = requests.Session()
        self._session.headers.update(
            {
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {token}",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": "ai-platform",
            }
        )

    def put(self, tag: str, text: str) -> str:
        """Makes the comment or brings it up to date; says which. Raises Failure.

        It is looked for again before each attempt: one whose answer was lost is there, and is not made twice.
        """
        retrying = Retrying(
            retry=retry_if_exception_type(Later),
            wait=_pause,
            stop=stop_after_attempt(ATTEMPTS) | stop_after_delay(LONGEST_SECONDS),
            reraise=True,
        )
        try:
            said: str = retrying(self._put, tag, text)
        except Later as error:
            raise Failure(f"GitHub: {error}", "run the same command again") from None
        return said

    def _put(self, tag: str, text: str) -> str:
        own = [one for one in self._comments() if str(one.get("body") or "").partition("\n")[0].rstrip("\r") == tag]
        own = [one for one in own if (one.get("user") or {}).get("login") == self._author]
        for extra in own[1:]:
            # Two runs at the same moment have made two.
            self._call("DELETE", f"{self._base}/issues/comments/{extra['id']}", gone=True)
        if not own:
            self._call("POST", f"{self._base}/issues/{self._number}/comments", {"body": text})
            return "commented"
        if str(own[0]["body"]).replace("\r\n", "\n").rstrip() == text.rstrip():
            return "as it was"
        self._call("PATCH", f"{self._base}/issues/comments/{own[0]['id']}", {"body": text})
        return "brought up to date"

    def _comments(self) -> Iterator[dict[str, Any]]:
        url: str | None = f"{self._base}/issues/{self._number}/comments?per_page={PER_PAGE}"
        while url:
            answer = self._call("GET", url)
            yield from _listed(answer)
            url = answer.links.get("next", {}).get("url")

    def _call(self, method: str, url: str, body: dict[str, str] | None = None, *, gone: bool = False) -> Any:
        """The answer. Raises Later for what may pass by itself, Failure for what will not."""
        try:
            answer = self._session.request(method, url, json=body, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            raise Later(f"{method} {url}: {type(error).__name__}") from None
        if answer.ok or (gone and answer.status_code == 404):
            return answer
        cause = f"{method} {url}: {answer.status_code} {_message(answer)}"
        asked = answer.headers.get("Retry-After", "")
        limited = asked or answer.headers.get("X-RateLimit-Remaining") == "0"
        if answer.status_code >= 500 or answer.status_code == 429 or (answer.status_code == 403 and limited):
            raise Later(cause, float(asked) if asked.isdigit() else 0)
        raise Failure(f"GitHub: {cause}", "the token needs `pull-requests: write`, and the pull request must exist")


def _listed(answer: requests.Response) -> list[dict[str, Any]]:
    """Raises Later for an answer that is no list of comments: it is from something between here and the API."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Later(f"GET {answer.url}: {answer.status_code}, and no list of comments")
    return found


def _message(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])[:200]
    except (ValueError, KeyError, TypeError):
        return "without a message"


_BACK_OFF = wait_exponential_jitter(initial=1, max=20)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.pause if isinstance(error, Later) else 0
    return min(max(asked, _BACK_OFF(state)), LONGEST_PAUSE_SECONDS)
