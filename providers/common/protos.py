"""Pulumi's protocol messages, imported without running the `pulumi` package itself.

Importing `pulumi` costs about 0.3 CPU seconds, a plugin needs only the generated message modules below it,
and a plugin's start is part of every preview. While those modules load, each package on the way that is not
loaded yet is represented by an empty one with the same search path; afterwards it is forgotten again, so a
later `import pulumi` works as usual. Every other module of the plugins takes the messages from here.
"""

import importlib.machinery
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_PACKAGES = ("pulumi", "pulumi.runtime", "pulumi.runtime.proto")


@contextmanager
def packages_without_their_code() -> Iterator[None]:
    """Imports of message modules in the block do not run the `pulumi` package."""
    missing = [name for name in _PACKAGES if name not in sys.modules]
    for name in missing:
        parent = sys.modules.get(name.rpartition(".")[0])
        spec = importlib.machinery.PathFinder.find_spec(name, parent.__path__ if parent else None)
        if spec is None or spec.submodule_search_locations is None:
            raise ImportError(f"the Pulumi SDK is not installed: no package {name}", name=name)
        package = ModuleType(name)
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules[name] = package
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


with packages_without_their_code():
    from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

__all__ = ["plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2"]
