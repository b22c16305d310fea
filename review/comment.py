"""One comment a stack: found again by its tag, short enough for GitHub, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

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
        shown = list(_fitting(section, room))
        room -= _length(shown)
        hidden = section.total - len(shown)
        more = f"... and {hidden:,} {section.what} that are not shown here"
        # Outside a fence it stands apart, or it would belong to the table or list before it.
        closing = [] if not hidden else [more] if section.fenced else ["", more]
        lines += [*section.head, *shown, *closing, *section.tail]
    if left_out:
        lines += ["", f"{left_out} sections are left out: the comment would be too long."]
    # The first line is the tag by which the comment is found again, and nothing of it comes from outside.
    return "\n".join([*lines[:1], masks.scrub("\n".join(lines[1:]))]) + "\n"


def folded(title: str, blocks: Iterable[str], total: int) -> Section | None:
    """Texts of fixed width, none of which can close a fence, that are shown on a click."""
    if not total:
        return None
    head = ["", "<details>", f"<summary>{title}</summary>", "", "```diff"]
    tail = ["```", "", "</details>"]
    return Section(head=head, lines=blocks, total=total, tail=tail, what="resources", fenced=True)


def quoted(lines: Sequence[str]) -> Section:
    """Text of others, as it is."""
    marks = fence(lines)
    return Section(head=["", f"{marks}text"], lines=lines, total=len(lines), tail=[marks], fenced=True)


def _fitting(section: Section, room: int) -> Iterator[str]:
    for line in islice(section.lines, section.most):
        room -= len(line) + 1
        if room < 0:
            return
        yield line


def _length(lines: Iterable[str]) -> int:
    return sum(len(line) + 1 for line in lines)
