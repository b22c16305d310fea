"""The configured account: where the API is, with which token, and how patiently it is used."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import requests

from providers.common.errors import PluginError
from providers.common.resource import Call
from providers.common.schema import Failure
from providers.common.values import UNKNOWN
from providers.tensordock.client.api import TensorDock
from providers.tensordock.client.pace import CALLS, RESERVED, Pace
from providers.tensordock.client.patience import Clock, Patience, SystemClock
from providers.tensordock.client.transport import BASE_URL, Transport, wrong_base_url
from providers.tensordock.plugin.operation import Operation

KNOWN: Final = ("apiToken", "baseUrl", "namespace", "pollSeconds", "callsPerMinute", "version", "pluginDownloadURL")
DEFAULT_NAMESPACE: Final = "pulumi"
POLL_S: Final = 5.0
NO_TOKEN: Final = "no API token: run `pulumi config set --secret tensordock:apiToken`, or set TENSORDOCK_API_TOKEN"  # noqa: S105

ODD_TOKEN: Final = "the API token holds a character that no token has: copy it again, and set it as before"  # noqa: S105


def configuration_failures(configuration: Mapping[str, Any]) -> Iterator[Failure]:
    """Everything that is wrong with a configuration. A missing token is told at the first call: previews need none."""
    for name in configuration.keys() - set(KNOWN):
        if not name.startswith("__"):
            yield Failure(name, f"is not known; known are {', '.join(KNOWN[:5])}")
    url = _setting(configuration, "baseUrl", "TENSORDOCK_BASE_URL")
    if url and (wrong := wrong_base_url(url)):
        yield Failure("baseUrl", wrong)
    for name, least, most in (("pollSeconds", 0.01, 60), ("callsPerMinute", RESERVED + 1, 1_000_000)):
        value = configuration.get(name)
        if value not in (None, UNKNOWN) and not least <= _number(value) <= most:
            yield Failure(name, f"must be a number from {least} to {most} (is {value!r})")


def silent(_urn: str, _line: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a provider meets the world through. `log` takes a URN and a line for the user."""

    clock: Clock = field(default_factory=SystemClock)
    session: requests.Session | None = None
    log: Callable[[str, str], None] = silent


class Account:
    """One account. `surroundings` are the real ones, except in tests."""

    def __init__(self, configuration: Mapping[str, Any], surroundings: Surroundings) -> None:
        token = _setting(configuration, "apiToken", "TENSORDOCK_API_TOKEN").strip()
        url = _setting(configuration, "baseUrl", "TENSORDOCK_BASE_URL") or BASE_URL
        if wrong := wrong_base_url(url):
            raise PluginError(f"tensordock:baseUrl: {wrong}")
        if not all("!" <= letter <= "~" for letter in token):
            raise PluginError(ODD_TOKEN)
        pace = Pace(f"{url} {token}", calls=int(_number(configuration.get("callsPerMinute") or CALLS)))
        self.namespace = str(configuration.get("namespace") or DEFAULT_NAMESPACE)
        self.transport = Transport(url, token, pace, surroundings.session)
        self._has_token = bool(token)
        self._poll_s = _number(configuration.get("pollSeconds") or POLL_S)
        self._surroundings = surroundings

    def operation(self, call: Call, seconds: float, *, reserved: bool = False) -> Operation:
        """An operation of that length, or of the one that the program gives. Raises PluginError without a token."""
        if not self._has_token:
            raise PluginError(NO_TOKEN)
        patience = Patience(call.timeout or seconds, call.cancelled, self._surroundings.clock)
        api = TensorDock(self.transport, patience, reserved=reserved)
        return Operation(api, self._poll_s, partial(self._surroundings.log, call.urn))


def _setting(configuration: Mapping[str, Any], name: str, variable: str) -> str:
    value = configuration.get(name)
    return str(value) if value not in (None, "", UNKNOWN) else os.environ.get(variable, "")


def _number(value: Any) -> float:
    """Configuration travels as text; what is no number is out of every range."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
