"""Large SDKs part by part: `standing("pulumi_NAME")` is the package, as far as it has been asked for.

An SDK's package imports a module for each kind of resource, and one with the classes of all values inside resources;
that takes more processor time than all else that the program does before its first resource. So the package stands
here with nothing in it, and each name brings the module that defines it when it is asked for the first time; a name
that no rule leads to brings the whole package, into the same module object. To everybody else it is the package that
it says it is: classes are the same whoever imports them first, and where somebody had imported it before, that one
is used.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from components.nested_types import NestedTypes, nested_types

WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
INPUTS, OUTPUTS = "_inputs", "outputs"
"""An SDK's modules of all types that are part of a resource's arguments, and of what it tells."""


class Sdk(ModuleType):
    """The package, as far as it has been asked for."""

    def __getattr__(self, name: str) -> Any:
        """Raises AttributeError for what the package does not have either."""
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        for part in parts(name):
            if importlib.util.find_spec(f"{self.__name__}.{part}") is None:
                continue
            module = self._imported(part)
            # As the package itself does for each of its parts, which often bear the name of what they define.
            # A function and its module often share a name. A part that is just being imported may ask for itself.
            found = getattr(module, name, module if part == name else None)
            if found is not None:
                setattr(self, name, found)
                return found
        self._complete()
        return getattr(self, name)

    def _imported(self, part: str) -> ModuleType:
        """One module of the package. The classes of arguments and outputs are made as they are needed."""
        spec = importlib.util.find_spec(f"{self.__name__}.{part}")
        if spec is None or spec.name in sys.modules:
            return importlib.import_module(f"{self.__name__}.{part}")
        if part in (INPUTS, OUTPUTS):
            module = nested_types(spec.name)
            setattr(self, part, module)
            return module
        if isinstance(inputs := self._argument_types(), NestedTypes):
            inputs.offer(spec)
        return importlib.import_module(spec.name)

    def _argument_types(self) -> ModuleType | None:
        return self._imported(INPUTS) if importlib.util.find_spec(f"{self.__name__}.{INPUTS}") else None

    def _complete(self) -> None:
        """Becomes the package as it imports itself."""
        if isinstance(inputs := self._argument_types(), NestedTypes):
            inputs.offer_all()
        self.__class__ = ModuleType  # type: ignore[assignment]  # nothing is left to be looked up
        assert self.__spec__ and self.__spec__.loader  # noqa: S101 - `standing` has made it of a spec
        self.__spec__.loader.exec_module(self)


def parts(name: str) -> Iterator[str]:
    """Where a name may be defined, the likeliest first: DnsRecord, DnsRecordArgs in dns_record."""
    bare = name.removesuffix("Dict").removesuffix("Args").removesuffix("_output")
    yield WORD.sub("_", bare).lower()
    if bare != name and "Args" in name:
        yield INPUTS


def standing(package: str) -> ModuleType:
    """The package that is imported already, else an empty one in its place. Raises ImportError where none is there."""
    if package in sys.modules:
        return sys.modules[package]
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise ImportError(f"no module named {package!r}", name=package)
    made = Sdk(package)
    made.__spec__, made.__loader__, made.__file__ = spec, spec.loader, spec.origin
    made.__package__, made.__path__ = package, list(spec.submodule_search_locations or ())
    sys.modules[package] = made
    return made
