"""The resource `certificates:index:Authority`: a key and the certificate that clients trust."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from providers.certificates.plugin.lifespan import lifespan_failures, lifespan_fields, renewal
from providers.certificates.plugin.names import LONGEST_COMMON_NAME
from providers.common.difference import Change
from providers.common.resource import Call, Resource, Snapshot
from providers.common.schema import Failure, Field
from providers.common.values import Properties, Secret

if TYPE_CHECKING:
    from providers.certificates.plugin.issuing import Issued


class AuthorityResource(Resource):
    """No input replaces it, and its key stays for life: whoever trusts its certificate goes on doing so.

    A renewed certificate has the same key and the same name, so that both verify what either has certified.
    """

    token = "certificates:index:Authority"  # noqa: S105 - a type token
    fields: ClassVar[Mapping[str, Field]] = {
        "commonName": Field(required=True),
        **lifespan_fields(days=3650, renew_days=730),
    }
    outputs = ("certificatePem", "privateKeyPem", "expires")

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    @override
    def failures(self, inputs: Properties) -> Iterable[Failure]:
        name = inputs.get("commonName")
        if isinstance(name, str) and not 0 < len(name) <= LONGEST_COMMON_NAME:
            yield Failure("commonName", f"has {len(name)} characters; 1 to {LONGEST_COMMON_NAME} fit")
        yield from lifespan_failures(inputs)

    @override
    def changes(self, state: Properties, inputs: Properties, ignored: list[str]) -> list[Change]:
        return super().changes(state, inputs, ignored) or renewal(state, inputs, self._clock())

    @override
    def planned(self, inputs: Properties, state: Properties) -> Properties:
        """Of an existing one the key is known, and stays."""
        key = {"privateKeyPem": Secret(state["privateKeyPem"])} if state else {}
        return super().planned(inputs, {}) | key

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        from providers.certificates.plugin.issuing import new_key  # noqa: PLC0415  (20 ms that a preview need not pay)

        issued = self._issued(inputs, new_key())
        return Snapshot(f"{issued.serial:x}", _state(inputs, issued))

    @override
    def read(self, identifier: str, state: Properties, call: Call) -> Snapshot | None:
        """It is nowhere but in the state; so it cannot be imported."""
        return Snapshot(identifier, state) if state else None

    @override
    def update(self, identifier: str, state: Properties, inputs: Properties, call: Call) -> Properties:
        return _state(inputs, self._issued(inputs, state["privateKeyPem"]))

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        """It goes with its record."""

    def _issued(self, inputs: Properties, key: str) -> Issued:
        from providers.certificates.plugin.issuing import authority  # noqa: PLC0415  (20 ms that a preview need not pay)

        return authority(key, inputs["commonName"], self._clock(), inputs["days"])


def _state(inputs: Properties, issued: Issued) -> Properties:
    return {
        **inputs,
        "certificatePem": issued.certificate,
        "privateKeyPem": Secret(issued.key),
        "expires": issued.expires.isoformat(),
    }
