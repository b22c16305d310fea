"""Which files a question is asked over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from operations.failure import USAGE, Failure

MAX_BYTES = 5 * 1024 * 1024
MARKDOWN = frozenset({".md", ".markdown"})


@dataclass(frozen=True)
class Document:
    """`source` is the path below the project, or the whole path of a file elsewhere."""

    source: str
    text: str
    is_markdown: bool


def load(root: Path, named: Sequence[Path]) -> list[Document]:
    """The named files (of a folder: its Markdown), or the project's README and docs when none are named.

    Raises Failure for a file that is missing, too large, or not UTF-8 text.
    """
    absent = [str(path) for path in named if not path.exists()]
    if len(absent) > 1:
        raise Failure(
            f"no such files: {', '.join(absent)}", 'put the question in quotes: scripts/ask "QUESTION" FILE ...', USAGE
        )
    if not named:
        paths = [path for path in (root / "README.md", *_markdown(root / "docs")) if path.is_file()]
    else:
        paths = [file for path in named for file in (_markdown(path) if path.is_dir() else [path])]
    if not paths:
        raise Failure("there are no documents to ask about", "name files: scripts/ask QUESTION FILE ...", USAGE)
    return [_read(root, path) for path in dict.fromkeys(path.resolve() for path in paths)]


def _markdown(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in MARKDOWN and path.is_file())


def _read(root: Path, path: Path) -> Document:
    source = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Failure(f"{path} is {size} bytes, the limit is {MAX_BYTES}", "split it into parts", USAGE)
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}", "name files that exist and can be read", USAGE) from None
    except UnicodeDecodeError:
        raise Failure(f"{path} is not UTF-8 text", "convert it to text or Markdown first", USAGE) from None
    # Postgres text cannot hold NUL.
    return Document(source, text.replace("\x00", ""), path.suffix.lower() in MARKDOWN)
