"""Reads the words of one pf statement from left to right."""

from __future__ import annotations

from .words import PfSyntaxError

SIGNS = {"{", "}", ",", "="}


class Reader:
    """Takes words off the front; `list()` reads one word or the words between braces."""

    def __init__(self, number: int, words: list[str]) -> None:
        self._number = number
        self._words = list(words)

    def __bool__(self) -> bool:
        return bool(self._words)

    def error(self, text: str = "syntax error") -> PfSyntaxError:
        """What to raise about this line."""
        return PfSyntaxError(self._number, text)

    def word(self) -> str:
        """The next word, whatever it is. Raises PfSyntaxError at the end."""
        if not self._words:
            raise self.error()
        return self._words.pop(0)

    def take(self, *words: str) -> str:
        """The next word if it is one of these, else nothing is read."""
        return self._words.pop(0) if self._words and self._words[0] in words else ""

    def take_parenthesis(self) -> None:
        """Skip a word in parentheses, if one is next."""
        if self._words and self._words[0].startswith("("):
            self._words.pop(0)

    def list(self) -> list[str]:
        """One word, or those in braces; each may be negated. Raises PfSyntaxError for anything else."""
        if not self.take("{"):
            return [self._item()]
        items = []
        while not self.take("}"):
            items.append(self._item())
            self.take(",")
        if not items:
            raise self.error()
        return items

    def _item(self) -> str:
        negation = self.take("!")
        item = self.word()
        if item in SIGNS:
            raise self.error()
        return negation + item
