"""Documents in pieces that an embedding model can read whole. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from operations.retrieval.documents import Document

HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
FENCE = re.compile(r"\s*(```|~~~)")
BORDERS = ("\n\n", "\n", ". ", " ")


@dataclass(frozen=True)
class Chunk:
    """`heading` is the path of headings above the text, joined with ` > `."""

    source: str
    heading: str
    text: str

    @property
    def content(self) -> str:
        """What is embedded and reranked: a paragraph often does not repeat the subject that its heading names."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text

    def digest(self, model: str) -> str:
        """Changes with the text, its headings and the model that embeds it."""
        return hashlib.sha256("\0".join((model, self.heading, self.text)).encode()).hexdigest()


def split(document: Document, size: int, overlap: int) -> list[Chunk]:
    """Chunks of at most `size` characters, `overlap` of them shared with the one before in the same section.

    Characters, not tokens, because each embedding model counts tokens in its own way: 1000 characters of English are
    about 250 tokens, which is what the smallest model in use (256) reads without cutting.
    """
    sections = _sections(document.text) if document.is_markdown else iter([("", document.text)])
    return [Chunk(document.source, path, text) for path, body in sections for text in _windows(body, size, overlap)]


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """(path of headings, body) of each section; a # inside a fenced block is no heading."""
    path: list[tuple[int, str]] = []
    body: list[str] = []
    fenced = False
    for line in text.splitlines():
        fenced ^= bool(FENCE.match(line))
        heading = None if fenced else HEADING.match(line)
        if heading is None:
            body.append(line)
            continue
        yield _joined(path), "\n".join(body)
        level = len(heading[1])
        path = [*((above, title) for above, title in path if above < level), (level, heading[2])]
        body = []
    yield _joined(path), "\n".join(body)


def _joined(path: list[tuple[int, str]]) -> str:
    return " > ".join(title for _, title in path)


def _windows(text: str, size: int, overlap: int) -> Iterator[str]:
    text = text.strip()
    start = 0
    while start < len(text):
        end = _end(text, start, size)
        if window := text[start:end].strip():
            yield window
        if end == len(text):
            return
        start = _start(text, start, end, overlap)


def _end(text: str, start: int, size: int) -> int:
    """The best border in the second half of the window: paragraph, line, sentence, word; else a hard cut."""
    if start + size >= len(text):
        return len(text)
    for border in BORDERS:
        place = text.rfind(border, start + size // 2, start + size)
        if place != -1:
            return place + len(border)
    return start + size


def _start(text: str, start: int, end: int, overlap: int) -> int:
    """Where the next window begins: at a word, at most `overlap` back, always further than before."""
    back = max(end - overlap, start + 1)
    space = re.compile(r"\s").search(text, back, end)
    return space.end() if space else back if overlap else end
