"""A simulated machine as it comes out of its box, for as long as a test needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from simulators.hosts import lifecycle
from simulators.hosts.identity import Identity
from simulators.hosts.kind import KINDS
from simulators.hosts.specification import Specification
from toolchain.image_references import recorded_references


@contextmanager
def simulated_host(
    name: str, address: str, publish: tuple[tuple[int, int], ...], kind: str = "mac"
) -> Iterator[tuple[Specification, Identity]]:
    """The machine and the keys that log in. It goes with all that is on it; so does one that an earlier run left."""
    image = recorded_references().get(kind)
    if image is None:
        pytest.skip(f"the image of simulated machines is not built: python -m toolchain.images {kind}")
    specification = Specification(name=name, address=address, publish=publish, image=image, kind=KINDS[kind])
    lifecycle.stop(name)
    try:
        yield specification, lifecycle.start(specification)
    finally:
        lifecycle.stop(name, purge=True)
