"""The resource `certificates:index:Authority`: a key and the certificate that clients trust."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from providers.certificates.plugin.issued_resource import IssuedResource, state_of
from providers.certificates.plugin.lifespan import lifespan_failures, lifespan_fields
from providers.certificates.plugin.names import LONGEST_COMMON_NAME
from providers.common.resource import Call, Snapshot
from providers.common.schema import Failure, Field
from providers.common.values import Properties, Secret

if TYPE_CHECKING:
    from providers.certificates.plugin.issuing import Issued


class AuthorityResource(IssuedResource):
    """No input replaces it, and its key stays for life: whoever trusts its certificate goes on doing so.

    A renewed certificate has the same key and the same name, so that both verify what either has certified.
    """

    token = "certificates:index:Authority"  # noqa: S105 - a type token
    fields: ClassVar[Mapping[str, Field]] = {
        "commonName": Field(required=True),
        **lifespan_fields(days=3650, renew_days=730),
    }

    @override
    def failures(self, inputs: Properties) -> Iterable[Failure]:
        name = inputs.get("commonName")
        if isinstance(name, str) and not 0 < len(name) <= LONGEST_COMMON_NAME:
            yield Failure("commonName", f"has {len(name)} characters; 1 to {LONGEST_COMMON_NAME} fit")
        yield from lifespan_failures(inputs)

    @override
    def planned(self, inputs: Properties, state: Properties) -> Properties:
        """Of an existing one the key is known, and stays."""
        key = {"privateKeyPem": Secret(state["privateKeyPem"])} if state else {}
        return super().planned(inputs, {}) | key

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        from providers.certificates.plugin.issuing import new_key  # noqa: PLC0415  (20 ms that a preview need not pay)

        issued = self._issued(inputs, new_key())
        return Snapshot(f"{issued.serial:x}", state_of(inputs, issued))

    @override
    def update(self, identifier: str, state: Properties, inputs: Properties, call: Call) -> Properties:
        return state_of(inputs, self._issued(inputs, state["privateKeyPem"]))

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        """It goes with its record."""

    def _issued(self, inputs: Properties, key: str) -> Issued:
        from providers.certificates.plugin.issuing import authority  # noqa: PLC0415  (20 ms that a preview need not pay)

        return authority(key, inputs["commonName"], self._clock(), inputs["days"])
