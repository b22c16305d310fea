"""The Cloudflare SDK, part by part: `from components.cloudflare_sdk import cloudflare`.

The SDK's package imports some 250 modules, one for each kind of resource, and that takes more processor time than all
else that the program does before its first resource. The platform needs nine of them. So the package stands here with
nothing in it, and each name brings the module that defines it when it is asked for the first time; a name that no rule
leads to brings the whole package, into the same module object. To everybody else it is the package that it says it is:
classes are the same whoever imports them first, and where somebody had imported it before, that one is used.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

PACKAGE = "pulumi_cloudflare"
WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
NESTED = "_inputs"
"""The SDK's module of all types that are part of a resource's arguments."""


class Sdk(ModuleType):
    """The package, as far as it has been asked for."""

    def __getattr__(self, name: str) -> Any:
        """Raises AttributeError for what the package does not have either."""
        if name.startswith("__"):
            raise AttributeError(f"module {PACKAGE!r} has no attribute {name!r}")
        for part in parts(name):
            if importlib.util.find_spec(f"{PACKAGE}.{part}") is None:
                continue
            module = imported(part)
            # As the package itself does for each of its parts, which often bear the name of what they define.
            # A function and its module often share a name. A part that is just being imported may ask for itself.
            found = vars(module).get(name, module if part == name else None)
            if found is not None:
                setattr(self, name, found)
                return found
        self._complete()
        return getattr(self, name)

    def _complete(self) -> None:
        """Becomes the package as it imports itself."""
        self.__class__ = ModuleType  # type: ignore[assignment]  # nothing is left to be looked up
        assert self.__spec__ and self.__spec__.loader  # noqa: S101 - `standing` has made it of a spec
        self.__spec__.loader.exec_module(self)


def imported(part: str) -> ModuleType:
    """One module of the package. Its thousands of classes stay: looking for garbage among them costs a third more."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(f"{PACKAGE}.{part}")
    finally:
        if collecting:
            gc.freeze()
            gc.enable()


def parts(name: str) -> Iterator[str]:
    """Where a name may be defined, the likeliest first: DnsRecord, DnsRecordArgs in dns_record."""
    bare = name.removesuffix("Dict").removesuffix("Args").removesuffix("_output")
    yield WORD.sub("_", bare).lower()
    if bare != name and "Args" in name:
        yield NESTED


def standing() -> ModuleType:
    """The package that is imported already, else an empty one in its place. Raises ImportError where none is there."""
    if PACKAGE in sys.modules:
        return sys.modules[PACKAGE]
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None:
        raise ImportError(f"no module named {PACKAGE!r}", name=PACKAGE)
    package = Sdk(PACKAGE)
    package.__spec__, package.__loader__, package.__file__ = spec, spec.loader, spec.origin
    package.__package__, package.__path__ = PACKAGE, list(spec.submodule_search_locations or ())
    sys.modules[PACKAGE] = package
    return package


if TYPE_CHECKING:
    import pulumi_cloudflare as cloudflare
else:
    cloudflare = standing()

__all__ = ["cloudflare"]
