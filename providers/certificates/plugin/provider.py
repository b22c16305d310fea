"""The provider: its resources. It has no configuration, and reaches nothing but the engine."""

from collections.abc import Callable
from datetime import UTC, datetime

from typing_extensions import override

from providers.certificates.plugin.authority_resource import AuthorityResource
from providers.certificates.plugin.certificate_resource import CertificateResource
from providers.common.resource import Provider, Resource
from providers.common.values import Properties


def _now() -> datetime:
    return datetime.now(UTC)


class CertificatesProvider(Provider):
    """`clock` tells the time of day, with its zone."""

    name = "certificates"
    version = "0.1.0"

    def __init__(self, clock: Callable[[], datetime] = _now) -> None:
        resources: list[Resource] = [AuthorityResource(clock), CertificateResource(clock)]
        self.resources = {resource.token: resource for resource in resources}

    @override
    def configure(self, configuration: Properties) -> None:
        """Nothing can be configured."""
