"""A row of its own for each certificate that is served."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from operations.probing.endpoint import Endpoint


def with_certificates(endpoints: Iterable[Endpoint]) -> Iterator[Endpoint]:
    """Every endpoint, and behind each that serves a certificate a row for that. No service has such a name."""
    for one in endpoints:
        yield one
        if one.certificate:
            yield replace(
                one, name=f"{one.name}/certificate", service="certificate", method="CERTIFICATE", path="", needs=(),
                tls=False,
            )  # fmt: skip
