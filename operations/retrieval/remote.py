"""A service over HTTP: its name, address and what to do when it does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from operations.failure import Failure

CONNECT_SECONDS = 3.0
BUSY = Retry(
    total=6,
    connect=1,
    read=0,
    status=6,
    backoff_factor=0.5,
    status_forcelist=[429, 503],
    allowed_methods=None,
    raise_on_status=False,
)
"""A full queue or a model still loading passes; anything else does not get better by asking again."""


class Refused(Failure):
    """The service answered, but with an error of that HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, "")
        self.status = status


def session(retries: Retry | int) -> requests.Session:
    """A connection pool that goes straight to the service."""
    pool = requests.Session()
    # A proxy of the outside world has no business between the parts of the platform.
    pool.trust_env = False
    pool.mount("http://", HTTPAdapter(max_retries=retries))
    pool.mount("https://", HTTPAdapter(max_retries=retries))
    return pool


@dataclass(frozen=True)
class Remote:
    """`remedy` is the command that tells more when the service fails."""

    service: str
    url: str
    remedy: str
    pool: requests.Session = field(default_factory=lambda: session(BUSY), repr=False, compare=False)

    def get(self, path: str, timeout: float = 10.0) -> Any:
        """The JSON answer. Raises Failure."""
        return self._json(self.call("GET", path, None, timeout))

    def post(self, path: str, body: Mapping[str, Any], timeout: float) -> Any:
        """The JSON answer. Raises Failure."""
        return self._json(self.call("POST", path, body, timeout))

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None, timeout: float, *, stream: bool = False
    ) -> requests.Response:
        """A successful answer; `timeout` seconds may pass between two of its bytes. Raises Failure."""
        address = self.url.rstrip("/") + path
        try:
            answer = self.pool.request(method, address, json=body, timeout=(CONNECT_SECONDS, timeout), stream=stream)
        except requests.RequestException as error:
            raise self.failure(f"{type(error).__name__}: {_root(error)}") from None
        if not answer.ok:
            cause = f"{method} {path} answered {answer.status_code}: {answer.text[:300]}"
            raise Refused(str(self.failure(cause)), answer.status_code)
        return answer

    def failure(self, cause: str) -> Failure:
        """What went wrong, with the service, its address and the next command."""
        return Failure(f"{self.service} at {self.url}: {cause}", self.remedy)

    def _json(self, answer: requests.Response) -> Any:
        try:
            return answer.json()
        except requests.JSONDecodeError:
            raise self.failure("the answer is not JSON") from None


def _root(error: BaseException) -> BaseException:
    """The innermost cause: 'connection refused' rather than three layers of wrapping."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error
