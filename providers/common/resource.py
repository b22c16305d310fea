"""The contract of one resource type. A resource sees plain values: secret marks come off and on around it."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from providers.common.difference import Change, changes
from providers.common.errors import PluginError
from providers.common.schema import DEFAULTS_KEY, Failure, Field, planned
from providers.common.values import Properties


@dataclass(frozen=True, slots=True)
class Call:
    """What surrounds one operation: the resource's URN, its time limit (seconds), the user's wish to stop."""

    urn: str
    timeout: float | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    def pause(self, seconds: float) -> None:
        """Wait, or raise `PluginError` as soon as the user cancels."""
        if self.cancelled.wait(seconds):
            raise PluginError(f"{self.urn}: cancelled while waiting")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What exists: its id and all its properties."""

    identifier: str
    state: Properties


class Resource(ABC):
    """One resource type: its schema, and what its operations do."""

    token: ClassVar[str]
    fields: ClassVar[Mapping[str, Field]]
    outputs: ClassVar[tuple[str, ...]] = ()
    named_by: ClassVar[str | None] = None
    """The property that gets `<logical name>-<7 hexadecimal digits>` where the program gives none."""
    delete_before_replace: ClassVar[bool] = False

    def failures(self, inputs: Properties) -> Iterable[Failure]:  # noqa: ARG002 - for subclasses
        """What is wrong with inputs that fit the schema; unknown values may occur in them."""
        return ()

    def changes(self, state: Properties, inputs: Properties, ignored: list[str]) -> list[Change]:
        """How the inputs differ from the state."""
        return changes(state, inputs, self.fields, ignored)

    def planned(self, inputs: Properties, state: Properties) -> Properties:
        """The state that a preview can foresee; `state` is empty for a creation."""
        return planned(inputs, self.fields, self.outputs, state)

    def deleted_first(self, state: Properties, inputs: Properties) -> bool:
        """Whether a replacement removes the old one first: always, or since both would have the same fixed name."""
        name = self.named_by
        if self.delete_before_replace or name is None:
            return self.delete_before_replace
        return name not in inputs.get(DEFAULTS_KEY, []) and state.get(name) == inputs.get(name)

    @abstractmethod
    def create(self, inputs: Properties, call: Call) -> Snapshot:
        """Make it. Raises `PluginError` where nothing was made, `PartialError` where something was."""

    @abstractmethod
    def read(self, identifier: str, state: Properties, call: Call) -> Snapshot | None:
        """What is really there, `None` where nothing is. `state` is empty for an import."""

    def update(
        self,
        identifier: str,  # noqa: ARG002 - for subclasses
        state: Properties,
        inputs: Properties,
        call: Call,  # noqa: ARG002 - for subclasses
    ) -> Properties:
        """Change it in place and tell its new state; without a method of its own only the record changes."""
        return self.planned(inputs, state)

    @abstractmethod
    def delete(self, identifier: str, state: Properties, call: Call) -> None:
        """Remove it; what is gone already counts as removed."""


class Provider(ABC):
    """A plugin: its resource types, and its configuration."""

    name: ClassVar[str]
    version: ClassVar[str]
    resources: Mapping[str, Resource]

    def failures(self, configuration: Properties) -> Iterable[Failure]:  # noqa: ARG002 - for subclasses
        """What is wrong with the configuration; unknown values may occur in it."""
        return ()

    @abstractmethod
    def configure(self, configuration: Properties) -> None:
        """Take the plain configuration over. Raises `PluginError`."""

    def invoke(self, token: str, arguments: dict[str, Any]) -> Properties:  # noqa: ARG002 - for subclasses
        """Answer a function call. Raises `PluginError` for a function that this plugin does not have."""
        raise PluginError(f"function {token} is not part of the stand-in for the {self.name} plugin")
