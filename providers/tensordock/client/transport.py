"""One call to the API: paced, within the operation's time, repeated where that is safe. Never shows the token."""

import ssl
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from typing_extensions import override
from urllib3.exceptions import HTTPError, NewConnectionError

from providers.tensordock.client.answer import Answer, content
from providers.tensordock.client.errors import Doubtful, OutOfTime, RateLimited, TensorDockError, Unreachable
from providers.tensordock.client.pace import Pace
from providers.tensordock.client.patience import Patience

BASE_URL: Final = "https://dashboard.tensordock.com/api/v2"
CALL_S: Final = 60.0  # whole call; the API often takes more than 12 s (dstackai/dstack #2480)
CONNECT_S: Final = 10.0
LARGEST: Final = 8 * 1024 * 1024  # bytes of an answer
TRIES: Final = 8
PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
CHUNK: Final = 65536


class Bearer(AuthBase):
    """The token in its header; a .netrc file cannot put something else there."""

    def __init__(self, token: str) -> None:
        self._token = token

    @override
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Transport:
    """The way to one account. Safe to share between threads."""

    def __init__(self, base_url: str, token: str, pace: Pace, session: requests.Session | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._token = token
        self._pace = pace
        self._session = session or requests.Session()

    @property
    def account(self) -> str:
        """The same text for the same account; it tells nothing of the token."""
        return self._pace.path.name

    def call(
        self, method: str, path: str, patience: Patience, *, body: Any = None, reserved: bool = False
    ) -> dict[str, Any]:
        """The content of a success. Raises TensorDockError.

        A refusal for calling too often is waited out for every call; a doubt or a failed connection is repeated for
        reads alone, at most `TRIES` times.
        """
        said = f"{method} {path}"
        for tried in range(TRIES):
            try:
                return self._once(said, body, patience, reserved=reserved)
            except (RateLimited, Doubtful, Unreachable) as error:
                limited = isinstance(error, RateLimited)
                if tried == TRIES - 1 or not (limited or method == "GET"):
                    raise
                self._pause(error, tried, patience)
        raise AssertionError("the last try returns or raises")

    def _pause(self, error: TensorDockError, tried: int, patience: Patience) -> None:
        seconds = PAUSES_S[min(tried, len(PAUSES_S) - 1)] if error.retry_after is None else error.retry_after
        if isinstance(error, RateLimited):
            self._pace.hold(patience.clock.now(), seconds)
        try:
            patience.pause(seconds, str(error))
        except OutOfTime as late:
            raise error from late

    def _once(self, said: str, body: Any, patience: Patience, *, reserved: bool) -> dict[str, Any]:
        self._pace.turn(patience, said, reserved=reserved)
        part = patience.part(CALL_S)
        try:
            answer = self._exchange(said, body, part)
        except (requests.RequestException, HTTPError) as error:
            text = f"{said}: {self._told(str(error))}"
            raise Unreachable(text) if _never_sent(error) else Doubtful(text) from None
        return content(answer, said)

    def _exchange(self, said: str, body: Any, patience: Patience) -> Answer:
        method, _, path = said.partition(" ")
        with self._session.request(
            method, self.base_url + path, json=body, auth=Bearer(self._token), stream=True, allow_redirects=False,
            timeout=(min(CONNECT_S, patience.remaining), patience.remaining),
        ) as response:  # fmt: skip
            received = bytearray()
            # `iter_content` would wait for a whole chunk, for ever where the answer comes in drips.
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                received += chunk
                if len(received) > LARGEST or not patience.remaining:
                    raise Doubtful(f"{said}: the answer is too long or too slow ({len(received)} bytes so far)")
            clean = bytes(received).replace(self._token.encode(), b"[token]")
            return Answer(response.status_code, clean, response.headers.get("Retry-After"))

    def _told(self, text: str) -> str:
        return text.replace(self._token, "[token]")


def _never_sent(error: Exception) -> bool:
    """TLS may break off after an order was taken as well: of its errors only a wrong certificate proves anything."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    certificate = any(isinstance(each, ssl.SSLCertVerificationError) for each in getattr(reason, "args", ()))
    kinds = (requests.ConnectTimeout, requests.exceptions.InvalidURL)
    return isinstance(error, kinds) or isinstance(reason, NewConnectionError) or certificate


def wrong_base_url(url: str) -> str | None:
    """Why the address cannot be used: a token travels encrypted, except to this machine itself."""
    parts = urlsplit(url)
    local = parts.hostname is not None and (parts.hostname in ("localhost", "::1") or parts.hostname.startswith("127."))
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and local)):
        return None
    return f"{url!r} is no https:// address (http:// is for simulators on 127.0.0.0/8)"
