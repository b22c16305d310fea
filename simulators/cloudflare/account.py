"""The state of a simulated account: what is stored, by kind, and which tunnels are connected."""

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from simulators.cloudflare.refusal import not_found

Document = dict[str, Any]
ACCOUNT, ZONE = "a" * 32, "b" * 32


@dataclass
class Account:
    """One account with one zone. `kinds` maps a kind (cfd_tunnel, dns_records, access/apps, ...) to its documents."""

    id: str = ACCOUNT
    zone: str = ZONE
    zone_name: str = "dev.test"
    kinds: dict[str, dict[str, Document]] = field(default_factory=dict)
    configurations: dict[str, Document] = field(default_factory=dict)
    """By tunnel; kept when the tunnel goes, as nothing deletes them."""
    secrets: dict[str, str] = field(default_factory=dict)
    """Of tunnels and service tokens, by identifier. Never part of a document."""
    previous_secrets: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of service tokens that got a new one: the one before, and until when it works."""
    connectors: dict[str, dict[str, Document]] = field(default_factory=dict)
    """By tunnel: its connections by their identifiers. A connector has four."""

    def all(self, kind: str) -> list[Document]:
        return list(self.kinds.get(kind, {}).values())

    def one(self, kind: str, identifier: str) -> Document:
        """Raises Refusal."""
        found = self.kinds.get(kind, {}).get(identifier)
        if found is None:
            raise not_found(kind)
        return found

    def add(self, kind: str, document: Document, identifier: str | None = None) -> Document:
        """Stores a new document, with the identifier and the time that it gets."""
        made = {**document, "id": identifier or uuid.uuid4().hex, "created_at": now()}
        self.kinds.setdefault(kind, {})[made["id"]] = made
        return made

    def remove(self, kind: str, identifier: str) -> Document:
        """Raises Refusal."""
        self.one(kind, identifier)
        return self.kinds[kind].pop(identifier)

    def others(self, kind: str, identifier: str | None) -> Iterator[Document]:
        """All of a kind but the one that is being changed."""
        return (each for each in self.all(kind) if each["id"] != identifier)


def now() -> str:
    """The present, as the API writes it."""
    return datetime.datetime.now(datetime.UTC).isoformat().replace("+00:00", "Z")
