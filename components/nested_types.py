"""Modules of an SDK that hold nothing but types, class by class.

The Cloudflare SDK defines six thousand classes for values inside resources; making them takes a third of a second. So
the module's own compiled code is run with class statements that only note what they would make. A class is made, by the
very same statement, when somebody asks for it.
"""

from __future__ import annotations

import builtins
import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec, SourceFileLoader
from opcode import opmap
from types import CodeType, FunctionType, ModuleType, SimpleNamespace
from typing import Any

import pulumi

CALL = opmap["CALL"]
UNTRIED = (3, 14)
"""From here on Python keeps hints as code (PEP 649); the tests of this module pass with 3.11 to 3.13."""
DECORATORS = ("input_type", "output_type")
"""What an SDK decorates such classes with."""


class Statement:
    """A class statement, executed when the class is needed."""

    def __init__(self, body: FunctionType, *arguments: Any, **keywords: Any) -> None:
        self.body, self._arguments, self._keywords = body, arguments, keywords
        self._decorators: list[Callable[[type], type]] = []

    @property
    def calls(self) -> int:
        """How many calls the statement consists of."""
        return 1 + len(self._decorators)

    def decorated(self, decorator: Callable[[type], type]) -> Statement:
        """The same statement with one more decorator."""
        self._decorators.append(decorator)
        return self

    def execute(self) -> type:
        """A new class."""
        made: type = builtins.__build_class__(self.body, *self._arguments, **self._keywords)
        for decorator in self._decorators:
            made = decorator(made)
        return made


class NestedTypes(ModuleType):
    """A module of types, as far as it has been asked for."""

    __all__: Sequence[str] = ()
    _statements: dict[str, Statement]
    _names: frozenset[str]

    def __getattr__(self, name: str) -> Any:
        """Raises AttributeError for what the module does not define."""
        if name == "_statements" or name not in self._statements:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        statement = self._statements.pop(name)
        # Hints are resolved among the names that the module has by then: those that this class mentions have to be.
        for mentioned in self._mentioned(statement.body.__code__) & self._statements.keys():
            getattr(self, mentioned)
        made = statement.execute()
        setattr(self, name, made)
        return made

    def hold(self, statements: dict[str, Statement]) -> None:
        """Takes the statements out of the module's names: these are still to be made."""
        self._statements, self._names = statements, frozenset(self.__all__)
        for name in statements:
            delattr(self, name)

    def offer(self, importer: ModuleSpec) -> None:
        """What `importer` gets that says `from MODULE import *`: the types that its text mentions."""
        loader = importer.loader
        code = loader.get_code(importer.name) if isinstance(loader, InspectLoader) else None
        self.__all__ = sorted(self._mentioned(code) if code else self._names)

    def offer_all(self) -> None:
        """All of it for whoever says `from MODULE import *`."""
        self.__all__ = sorted(self._names)

    def _mentioned(self, code: CodeType) -> set[str]:
        """No hint of the SDK needs the classes named ...Dict, which are there for type checkers."""
        return {text for text in texts(code) if text in self._names and not text.endswith("Dict")}


class NestedTypesLoader(SourceFileLoader):
    """Runs such a module's code without making its classes."""

    def create_module(self, spec: ModuleSpec) -> NestedTypes:
        return NestedTypes(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Raises TypeError or AttributeError where the module does more than define classes."""
        namespace, code = vars(module), self.get_code(module.__name__)
        assert isinstance(module, NestedTypes) and code  # noqa: S101 - made here, of source
        postponing = SimpleNamespace(**vars(pulumi) | {name: _postponed(getattr(pulumi, name)) for name in DECORATORS})

        def importing(*arguments: Any) -> Any:
            found = builtins.__import__(*arguments)
            return postponing if found is pulumi else found

        namespace["__builtins__"] = vars(builtins) | {"__build_class__": Statement, "__import__": importing}
        exec(code, namespace)  # noqa: S102  (what importing it would do)
        namespace |= {"__builtins__": builtins, "pulumi": pulumi}
        statements = {name: value for name, value in namespace.items() if isinstance(value, Statement)}
        calls = sum(statement.calls for statement in statements.values())
        if statements.keys() != set(module.__all__) or code.co_code[::2].count(CALL) != calls:
            raise TypeError(f"{module.__name__} does more than define classes")
        module.hold(statements)


def nested_types(name: str) -> ModuleType:
    """Imports the module, class by class where it allows that."""
    spec = importlib.util.find_spec(name)
    if spec is None or not isinstance(spec.loader, SourceFileLoader) or sys.version_info >= UNTRIED:
        return importlib.import_module(name)
    spec.loader = NestedTypesLoader(name, spec.loader.path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (TypeError, AttributeError):
        del sys.modules[name]
        return importlib.import_module(name)
    return module


def texts(code: CodeType) -> Iterator[str]:
    """All texts that stand in a piece of code, hints among them."""
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, CodeType):
            yield from texts(constant)


def _postponed(decorator: Callable[[type], type]) -> Callable[[Statement], Statement]:
    return lambda statement: statement.decorated(decorator)
