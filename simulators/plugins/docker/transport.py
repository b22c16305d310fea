"""Lets the Docker SDK talk over connections that a `Dialer` opens."""

from typing import Any

import urllib3.connection
import urllib3.connectionpool
from docker import APIClient
from docker.transport.basehttpadapter import BaseHTTPAdapter
from requests import PreparedRequest

from simulators.plugins.docker.address import Dialer

_TIMEOUT = 600.0  # seconds without a byte; a pull or an upload over a slow line may pause long
_POOL_SIZE = 16  # idle connections kept; over SSH each is a process


class _Connection(urllib3.connection.HTTPConnection):
    def __init__(self, dial: Dialer) -> None:
        super().__init__("localhost", timeout=_TIMEOUT)
        self._dial = dial

    def connect(self) -> None:
        self.sock = self._dial(_TIMEOUT)


class _Pool(urllib3.connectionpool.HTTPConnectionPool):
    def __init__(self, dial: Dialer) -> None:
        super().__init__("localhost", timeout=_TIMEOUT, maxsize=_POOL_SIZE)
        self._dial = dial

    def _new_conn(self) -> _Connection:
        return _Connection(self._dial)


class _Adapter(BaseHTTPAdapter):
    def __init__(self, dial: Dialer) -> None:
        self._pool = _Pool(dial)
        super().__init__()

    def get_connection(self, url: str | bytes, proxies: Any = None) -> _Pool:  # noqa: ARG002 - overrides
        return self._pool

    def request_url(self, request: PreparedRequest, proxies: Any) -> str:  # noqa: ARG002 - overrides
        return request.path_url


def api_client(dial: Dialer, version: str) -> APIClient:
    """The SDK's client, whose every connection comes from the dialer."""
    client = APIClient(base_url="unix:///unused", version=version, timeout=int(_TIMEOUT))
    client.mount("http+docker://", _Adapter(dial))
    return client
