"""How an answer and its sources are shown: as text while it comes, or as one JSON document at the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from operations.retrieval.index import Synced
from operations.retrieval.passage import Passage

EXCERPT = 300


@dataclass
class Report:
    """Collects what one question gave. Progress and warnings go to standard error."""

    question: str
    as_json: bool
    model: str | None = None
    answer: str | None = None
    error: str | None = None
    random_weights: bool = False
    passages: list[Passage] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    synced: Synced | None = None

    def say(self, line: str) -> None:
        """Progress."""
        print(line, file=sys.stderr, flush=True)

    def warn(self, text: str) -> None:
        """Something that made the result less good."""
        self.warnings.append(text)
        self.say(f"warning: {text}")

    def stream(self, pieces: Iterable[str]) -> str:
        """Shows the pieces as they come; returns the whole answer."""
        collected: list[str] = []
        for piece in pieces:
            collected.append(piece)
            if not self.as_json:
                sys.stdout.write(piece)
                sys.stdout.flush()
        if not self.as_json:
            print("\n")
        self.answer = "".join(collected).strip()
        return self.answer

    def stand_in(self) -> None:
        """Says plainly that there is no language model here."""
        self.random_weights = True
        if not self.as_json:
            print(
                f"{self.model} is a stand-in with random weights: it generates, but its words mean nothing.\n"
                "The passages below are real: found by embeddings, ordered by the reranker.\n"
            )

    def close(self) -> None:
        """Shows the sources, or the document."""
        if self.as_json:
            print(json.dumps(self._document(), ensure_ascii=False))
            return
        console = Console() if sys.stdout.isatty() else Console(width=160)
        if self.passages:
            console.print(self._table())
        elif not self.error:
            console.print("Nothing was found.")
        if self.random_weights or self.error:
            for number, passage in enumerate(self.passages, 1):
                console.print(f"[bold]\\[{number}][/] {escape(_excerpt(passage.text))}\n", highlight=False)

    def _table(self) -> Table:
        table = Table("", "SOURCE", "HEADING", title="Sources", title_justify="left")
        table.add_column("SCORE", justify="right")
        for number, passage in enumerate(self.passages, 1):
            table.add_row(str(number), escape(passage.source), escape(passage.heading), f"{passage.score:.3f}")
        return table

    def _document(self) -> dict[str, object]:
        return {
            "question": self.question,
            "answer": self.answer,
            "model": self.model,
            "random_weights": self.random_weights,
            "passages": [passage.document(number) for number, passage in enumerate(self.passages, 1)],
            "warnings": self.warnings,
            "error": self.error,
            "chunks": asdict(self.synced) if self.synced else None,
        }


def _excerpt(text: str) -> str:
    short = " ".join(text.split())
    return short if len(short) <= EXCERPT else short[:EXCERPT].rsplit(" ", 1)[0] + " ..."
