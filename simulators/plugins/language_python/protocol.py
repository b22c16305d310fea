"""The engine's language protocol, imported without executing the whole Pulumi SDK, and the SDK's version.

The user's program runs in its own process and is not touched by this.
"""

import re
from pathlib import Path

from providers.common.protos import packages_without_their_code

with packages_without_their_code():
    from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

__all__ = ["language_pb2", "language_pb2_grpc", "plugin_pb2", "sdk_version"]


def sdk_version() -> str:
    """The version of the installed SDK, read from its file: the package metadata takes 25 ms to load."""
    file = Path(language_pb2.__file__).parents[2] / "_version.py"
    found = re.search(r'^_VERSION = "(.+)"$', file.read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else ""
