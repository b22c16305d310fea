"""A resource as a rule sees it: its inputs, and what the engine knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Resource:
    """`provider` and `parent` are URNs, empty where there is none. None: this caller cannot tell."""

    type: str
    name: str
    properties: Mapping[str, Any]
    urn: str = ""
    parent: str = ""
    provider: str = ""
    protected: bool | None = None
    retained: bool | None = None
    secrets_shown: bool = False
    """Whether secrets stand in `properties` in plain: then nobody can say that one was not marked."""


def resource_of(state: Mapping[str, Any]) -> Resource:
    """From a state of a resource in a preview."""
    urn = str(state["urn"])
    return Resource(
        type=str(state["type"]),
        name=urn.split("::", 3)[3],
        properties=state.get("inputs") or {},
        urn=urn,
        parent=str(state.get("parent") or ""),
        provider=str(state.get("provider") or ""),
        # Only the document form tells them, and there only where they are set.
        protected=bool(state.get("protect")) if "custom" in state else None,
        retained=bool(state.get("retainOnDelete")) if "custom" in state else None,
    )
