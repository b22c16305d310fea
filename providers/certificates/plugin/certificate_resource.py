"""The resource `certificates:index:Certificate`: a server's key, and its names as an authority certifies them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from providers.certificates.plugin.issued_resource import IssuedResource, state_of
from providers.certificates.plugin.lifespan import lifespan_failures, lifespan_fields
from providers.certificates.plugin.names import name_failures
from providers.common.errors import PluginError
from providers.common.resource import Call, Snapshot
from providers.common.schema import Failure, Field
from providers.common.values import Properties

if TYPE_CHECKING:
    from providers.certificates.plugin.issuing import Issued


class CertificateResource(IssuedResource):
    """Every change, and time, issues it anew in place, always with a new key."""

    token = "certificates:index:Certificate"  # noqa: S105 - a type token
    fields: ClassVar[Mapping[str, Field]] = {
        "authorityCertificatePem": Field(required=True),
        "authorityPrivateKeyPem": Field(required=True),
        "names": Field(required=True),
        **lifespan_fields(days=365, renew_days=30),
    }

    @override
    def failures(self, inputs: Properties) -> Iterable[Failure]:
        yield from name_failures(inputs.get("names"))
        yield from lifespan_failures(inputs)

    @override
    def planned(self, inputs: Properties, state: Properties) -> Properties:
        """Whatever changes, nothing of the old certificate stays."""
        return super().planned(inputs, {})

    @override
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        issued = self._issued(inputs, call)
        return Snapshot(f"{issued.serial:x}", state_of(inputs, issued))

    @override
    def update(self, identifier: str, state: Properties, inputs: Properties, call: Call) -> Properties:
        return state_of(inputs, self._issued(inputs, call))

    @override
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        """It goes with its record. What was handed out is valid until it expires: nobody keeps a revocation list."""

    def _issued(self, inputs: Properties, call: Call) -> Issued:
        from providers.certificates.plugin.issuing import server  # noqa: PLC0415  (20 ms that a preview need not pay)

        certificate, key = inputs["authorityCertificatePem"], inputs["authorityPrivateKeyPem"]
        try:
            return server(certificate, key, inputs["names"], self._clock(), inputs["days"])
        except (ValueError, TypeError) as error:
            raise PluginError(
                f"{call.urn}: nothing was issued: {error}; authorityCertificatePem and authorityPrivateKeyPem are the "
                "two outputs of one Authority"
            ) from error
