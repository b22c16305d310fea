"""A resource that breaks a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from policy.resource import Resource


@dataclass(frozen=True, kw_only=True)
class Violation:
    """`message` says what is wrong and what to do, and holds no value of a secret property."""

    rule: str
    resource: str
    urn: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What an environment may have beyond the rules: `ports` open to everyone, `names` without a login."""

    ports: frozenset[int] = field(default_factory=frozenset)
    names: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, kw_only=True)
class World:
    """All resources of a stack, and what is allowed."""

    resources: Sequence[Resource]
    allowed: Allowed = field(default_factory=Allowed)

    def of_type(self, *types: str) -> Iterator[Resource]:
        return (one for one in self.resources if one.type in types)

    def by_urn(self) -> Mapping[str, Resource]:
        return {one.urn: one for one in self.resources if one.urn}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`look` yields each resource that breaks the rule with a message.

    `together`: it compares resources with each other, and is wrong about some of them alone.
    """

    name: str
    description: str
    look: Callable[[World], Iterable[tuple[Resource, str]]]
    together: bool = False
