"""One resource that a preview would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Operation = Literal["create", "update", "replace", "delete"]

OPERATIONS: Mapping[str, Operation] = {
    "create": "create",
    "import": "create",
    "update": "update",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "import-replacement": "replace",
    "read-replacement": "replace",
    "discard-replaced": "replace",
    "remove-pending-replace": "replace",
    "delete": "delete",
    "discard": "delete",
}
"""The engine's step -> what it comes to."""
QUIET = frozenset({"same", "read", "refresh", "diff", "extend-parameterize"})
"""Steps that change nothing. Of one that is in neither list nobody here can tell what it does."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """`old` and `new` are inputs as the engine shows them: secrets hidden or marked. `paths` are those that differ.

    `retained`: the engine lets go of it and leaves what it stands for where it is.
    """

    urn: str
    operation: Operation
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    paths: tuple[str, ...] = ()
    replaced_for: tuple[str, ...] = ()
    retained: bool = False

    @property
    def type(self) -> str:
        """Without the types of its parents."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def kind(self) -> str:
        """The type's last part: what a person calls it."""
        return self.type.rpartition(":")[2]

    @property
    def name(self) -> str:
        return self.urn.split("::", 3)[3]

    @property
    def gone(self) -> bool:
        """Whether what is there now will not be there afterwards."""
        return self.operation in ("replace", "delete")

    @property
    def made(self) -> bool:
        return self.operation in ("create", "replace")
