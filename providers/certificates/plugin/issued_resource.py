"""What an authority and the certificates that it issues have in common: they are in the state alone, and expire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from typing_extensions import override

from providers.certificates.plugin.lifespan import renewal
from providers.common.difference import Change
from providers.common.resource import Call, Resource, Snapshot
from providers.common.values import Properties, Secret

if TYPE_CHECKING:
    from providers.certificates.plugin.issuing import Issued


class IssuedResource(Resource):
    """A key with a certificate. `clock` tells when it is to be renewed."""

    outputs = ("certificatePem", "privateKeyPem", "expires")

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    @override
    def changes(self, state: Properties, inputs: Properties, ignored: list[str]) -> list[Change]:
        return super().changes(state, inputs, ignored) or renewal(state, inputs, self._clock())

    @override
    def read(self, identifier: str, state: Properties, call: Call) -> Snapshot | None:
        """It is nowhere but in the state; so it cannot be imported."""
        return Snapshot(identifier, state) if state else None


def state_of(inputs: Properties, issued: Issued) -> Properties:
    """What the state keeps of what was issued."""
    return {
        **inputs,
        "certificatePem": issued.certificate,
        "privateKeyPem": Secret(issued.key),
        "expires": issued.expires.isoformat(),
    }
