"""What the resource types of this plugin have in common."""

import time
from abc import abstractmethod
from collections.abc import Callable

from typing_extensions import override

from providers.common.errors import PartialError, PluginError
from providers.common.resource import Call, Resource, Snapshot
from providers.common.values import Properties
from simulators.plugins.docker.daemon import Daemon, DaemonError

_REMOVAL_TIMEOUT = 30.0  # seconds that the official plugin waits for the last user to let go
_BETWEEN_TRIES = 1.0


class DaemonResource(Resource):
    """A resource of the configured daemon."""

    def __init__(self, daemon: Callable[[], Daemon]) -> None:
        self._configured = daemon

    @property
    def daemon(self) -> Daemon:
        """The daemon that the provider is configured for."""
        return self._configured()

    @abstractmethod
    def existing(self, identifier: str, known: Properties) -> Snapshot:
        """What the daemon tells now. Raises `DaemonError`, of status 404 where it is gone."""

    def made(self, identifier: str, known: Properties) -> Snapshot:
        """What was just created; it exists even if the daemon does not tell more about it."""
        try:
            return self.existing(identifier, known)
        except PluginError as error:
            raise PartialError(str(error), identifier, known) from error

    @override
    def read(self, identifier: str, state: Properties, call: Call) -> Snapshot | None:
        try:
            return self.existing(identifier, state)
        except DaemonError as error:
            if error.status == 404:
                return None
            raise

    @staticmethod
    def removed(remove: Callable[[], None], call: Call, in_use: str | None = None) -> None:
        """Remove it, unless it is gone; wait for its users while the daemon's refusal contains `in_use`."""
        deadline = time.monotonic() + (call.timeout or _REMOVAL_TIMEOUT)
        while True:
            try:
                return remove()
            except DaemonError as error:
                if error.status == 404:
                    return None
                if in_use is None or in_use not in str(error) or time.monotonic() >= deadline:
                    raise
            call.pause(_BETWEEN_TRIES)


def label_map(labels: list[Properties]) -> dict[str, str]:
    """Labels as the engine takes them."""
    return {each["label"]: each["value"] for each in labels}


def label_list(labels: dict[str, str] | None) -> list[Properties]:
    """Labels as the official plugin tells them."""
    return [{"label": label, "value": value} for label, value in sorted((labels or {}).items())]
