"""The Docker daemon of one provider: reached once, shared by all resources, its errors translated."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from providers.common.errors import PluginError
from simulators.plugins.docker.address import dialer
from simulators.plugins.docker.ping import ping
from simulators.plugins.docker.ssh import SshDialer

if TYPE_CHECKING:
    from docker import APIClient

_PING_TIMEOUT = 10.0
_SSH_PING_TIMEOUT = 60.0  # the connect deadline of ssh is 30 seconds by itself


class DaemonError(PluginError):
    """The daemon refused a request (`status` is its HTTP status) or could not be reached (`status` is 0)."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class Daemon:
    """One daemon. The Docker SDK is imported with the first request, which a preview without changes never makes."""

    def __init__(self, host: str, ssh_options: list[str]) -> None:
        self.host = host
        self._dial = dialer(host, ssh_options)
        self._client: APIClient | None = None
        self._lock = threading.Lock()

    def ping(self) -> str:
        """The daemon's API version. Raises `DaemonError`."""
        try:
            return ping(self._dial, _SSH_PING_TIMEOUT if isinstance(self._dial, SshDialer) else _PING_TIMEOUT)
        except OSError as error:
            reason = self._dial.failure() if isinstance(self._dial, SshDialer) else ""
            text = f"failed to connect to any docker daemon: {self.host}: {reason or error}"
            raise DaemonError(f"{text}; see whether `docker -H {self.host} version` answers") from error

    @contextmanager
    def doing(self, what: str) -> Iterator["APIClient"]:
        """The SDK's client for a block; its failure becomes `DaemonError`, which says what was tried."""
        client = self._connected()
        from docker.errors import APIError, DockerException  # noqa: PLC0415 - see the class
        from requests import RequestException  # noqa: PLC0415

        try:
            yield client
        except APIError as error:
            status = error.status_code or 0
            raise DaemonError(f"unable to {what}: {error.explanation or error}", status) from error
        except (DockerException, RequestException) as error:
            raise DaemonError(f"unable to {what} on {self.host}: {error}") from error

    def _connected(self) -> "APIClient":
        with self._lock:
            if self._client is None:
                from simulators.plugins.docker.transport import api_client  # noqa: PLC0415 - see the class

                self._client = api_client(self._dial, self.ping())
            return self._client
