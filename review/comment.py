"""One comment a stack: found again by its tag, short enough for GitHub, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from review.markdown import fence
from review.masking import Masks
from review.sections import Section

LIMIT = 64_000
"""Characters. GitHub refuses a comment of more than 65,536."""
RESERVED = 200
"""Characters kept for saying what was left out."""


def tag(stack: str) -> str:
    """Hidden first line of a stack's comment."""
    return f"<!-- ai-platform preview: {stack} -->"


def assembled(head: Sequence[str], sections: Iterable[Section | None], masks: Masks) -> str:
    """The whole text, trimmed from the back: a section takes what those before it have left."""
    lines = list(head)
    room = LIMIT - RESERVED - _length(lines)
    left_out = 0
    for section in sections:
        if section is None:
            continue
        room -= _length([*section.head, *section.tail]) + RESERVED
        if room < 0:
            left_out += 1
            continue
        shown, used = _fitting(section, room)
        room -= used
        hidden = len(section.lines) - len(shown)
        more = f"... and {hidden:,} {section.what} that are not shown here"
        # Inside a fence that is still open, else apart from the table or list before it.
        fenced = bool(section.tail) and section.tail[0].startswith("`")
        closing = [] if not hidden else [more] if fenced else ["", more]
        lines += [*section.head, *shown, *closing, *section.tail]
    if left_out:
        lines += ["", f"{left_out} sections are left out: the comment would be too long."]
    return masks.scrub("\n".join(lines)) + "\n"


def folded(title: str, lines: Sequence[str], what: str) -> Section | None:
    """Lines of fixed width that are shown on a click."""
    if not lines:
        return None
    marks = fence(lines)
    head = ["", "<details>", f"<summary>{title}</summary>", "", f"{marks}diff"]
    return Section(head=head, lines=lines, tail=[marks, "", "</details>"], what=what)


def quoted(lines: Sequence[str]) -> Section:
    """Text of others, as it is."""
    marks = fence(lines)
    return Section(head=["", f"{marks}text"], lines=lines, tail=[marks])


def _fitting(section: Section, room: int) -> tuple[list[str], int]:
    shown: list[str] = []
    used = 0
    for line in section.lines if section.most is None else section.lines[: section.most]:
        if used + len(line) + 1 > room:
            break
        shown.append(line)
        used += len(line) + 1
    return shown, used


def _length(lines: Iterable[str]) -> int:
    return sum(len(line) + 1 for line in lines)
