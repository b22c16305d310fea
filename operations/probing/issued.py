"""What the last update of a stack has issued, beside the endpoints that are to serve it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from operations.outputs import Outputs
from operations.probing.endpoint import Endpoint
from planning.certificates import AUTHORITY, certificate_key


def with_issued(endpoints: Iterable[Endpoint], outputs: Outputs, stack: str) -> Iterator[Endpoint]:
    """The same endpoints; those with a certificate know which one it should be, and what brings it about."""
    known = {name: text.get_secret_value() for name, text in outputs.certificates.items()}
    for one in endpoints:
        if one.certificate is None:
            yield one
            continue
        expected = replace(
            one.certificate,
            issued=known.get(certificate_key(one.name, "certificate"), ""),
            authority=known.get(AUTHORITY, ""),
            remedy=f"make up STACK={stack}",
        )
        yield replace(one, certificate=expected)
