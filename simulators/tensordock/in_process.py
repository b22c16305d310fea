"""A simulated account without a network: for tests that make many thousands of calls and move time themselves."""

import json
import threading
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import requests
from requests.adapters import BaseAdapter
from typing_extensions import override
from urllib3 import HTTPResponse

from simulators.reply import Reply, Request
from simulators.tensordock.clock import SECOND
from simulators.tensordock.server import BASE
from simulators.tensordock.service import Service

URL = f"http://127.0.0.1:9{BASE}"
"""What clients are configured with; nothing listens there."""

Watch = Callable[[Request, Reply | None], None]


class InProcess(BaseAdapter):
    """Carries calls straight to the service. `watch` is told of each call before (None) and after it is answered."""

    def __init__(self, service: Service, watch: Watch | None = None) -> None:
        super().__init__()
        self._service = service
        self.watch = watch

    @override
    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        call = _call(request)
        if self.watch:
            self.watch(call, None)
        reply = self._service.answer(call)
        if self.watch:
            self.watch(call, reply)
        return self._response(request, reply, timeout)

    @override
    def close(self) -> None:
        """Holds nothing open."""

    def _response(self, request: requests.PreparedRequest, reply: Reply, timeout: Any) -> requests.Response:
        patience = timeout[1] if isinstance(timeout, tuple) else timeout
        if reply.seconds:
            self._service.account.clock.advance(min(reply.seconds, patience))
        if reply.seconds > patience:
            raise requests.ReadTimeout("read timed out", request=request)
        if reply.dropped:
            raise requests.ConnectionError("connection closed without an answer", request=request)
        response = requests.Response()
        response.status_code, response.request, response.url = reply.status, request, str(request.url)
        response.headers.update(reply.headers)
        response.raw = HTTPResponse(BytesIO(reply.body), status=reply.status, preload_content=False)
        return response


def _call(request: requests.PreparedRequest) -> Request:
    body = None if request.body is None else json.loads(request.body)
    token = str(request.headers.get("Authorization", "")).removeprefix("Bearer ")
    return Request(str(request.method), request.path_url.removeprefix(BASE), token, body)


def session(service: Service, watch: Watch | None = None) -> requests.Session:
    """A session whose calls all go to the service."""
    made = requests.Session()
    made.mount("http://", InProcess(service, watch))
    return made


class WaitingAdvances:
    """A client's clock whose waiting moves the simulator's time: an hour passes at once."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def now(self) -> float:
        """Seconds of the simulator's clock."""
        return self._service.account.clock.now / SECOND

    def wait(self, seconds: float, cancelled: threading.Event) -> None:
        """Moves time ahead, unless the user has cancelled."""
        if not cancelled.is_set():
            self._service.account.clock.advance(seconds)
