"""One difference between what is declared and what is there, and what could not be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`what` is a property of the resource `urn`, or a step of the host whose role that is. `remedy` is a command."""

    where: str
    urn: str
    what: str
    declared: str
    found: str
    remedy: str

    @property
    def address(self) -> str:
        """What an ignore list names it by."""
        return f"{self.urn}#{self.what}"

    @property
    def subject(self) -> str:
        """What differs, for a person: a step of the host, or a property of a named resource."""
        _, _, types, name = self.urn.split("::", 3)
        kind = types.rpartition(":")[2]
        return self.what if kind == "Command" else f"{kind} {name}: {self.what}"


@dataclass(frozen=True, kw_only=True)
class Untold:
    """A host or a resource that could not be compared."""

    where: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class Drift:
    """All that was found in one comparison; `ignored` counts what the settings leave out."""

    findings: tuple[Finding, ...] = ()
    untold: tuple[Untold, ...] = ()
    ignored: int = 0

    @property
    def code(self) -> int:
        """2 something differs, 1 nothing does, but not all could be told, 0 all is as declared."""
        return 2 if self.findings else 1 if self.untold else 0

    def without(self, patterns: Iterable[str]) -> Drift:
        """The same without what the patterns name, by URN or by address; `*` stands for any text."""
        named = [re.compile(".*".join(map(re.escape, pattern.split("*")))) for pattern in patterns]
        kept = tuple(
            one for one in self.findings if not any(n.fullmatch(one.urn) or n.fullmatch(one.address) for n in named)
        )
        return Drift(findings=kept, untold=self.untold, ignored=self.ignored + len(self.findings) - len(kept))


def merged(parts: Iterable[Drift]) -> Drift:
    """One comparison out of several."""
    kept = list(parts)
    return Drift(
        findings=tuple(finding for part in kept for finding in part.findings),
        untold=tuple(untold for part in kept for untold in part.untold),
        ignored=sum(part.ignored for part in kept),
    )
