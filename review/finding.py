"""Something that a reviewer should know before saying yes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from review.markdown import code, plain
from review.masking import Masks


class Level(IntEnum):
    """How much of a look it deserves."""

    NOTICE = 1
    DANGER = 2


@dataclass(frozen=True, order=True, kw_only=True)
class Finding:
    """`what` and `why` are words of ours, `subject` is a name from outside."""

    level: Level
    what: str
    subject: str
    why: str = ""

    def scrubbed(self, masks: Masks) -> Finding:
        return replace(self, subject=masks.scrub(self.subject), why=masks.scrub(self.why))

    @property
    def line(self) -> str:
        """As Markdown."""
        return f"- **{plain(self.what)}** {code(self.subject)}{': ' + plain(self.why) if self.why else ''}"


def danger(what: str, subject: str, why: str = "") -> Finding:
    return Finding(level=Level.DANGER, what=what, subject=subject, why=why)


def notice(what: str, subject: str, why: str = "") -> Finding:
    return Finding(level=Level.NOTICE, what=what, subject=subject, why=why)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Each once, dangers before the rest, in the order in which they were found."""
    return sorted(dict.fromkeys(findings), key=lambda one: -one.level)
