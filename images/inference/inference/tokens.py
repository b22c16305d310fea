"""Texts to token ids, with every length bounded before the tokeniser sees it."""

from collections.abc import Sequence
from typing import NamedTuple

from tokenizers import Encoding
from tokenizers import Tokenizer as FastTokenizer

from inference.models import ModelFolder

CHARACTERS_PER_TOKEN = 16
"""Longer than any language's mean, so cutting here loses nothing that the model would have read."""


class Tokens(NamedTuple):
    """One sequence for the model, special tokens included."""

    ids: list[int]
    type_ids: list[int]
    special: list[int]


class Tokenizer:
    """A model's tokeniser; its own padding is off, batches are padded to their longest member."""

    def __init__(self, folder: ModelFolder) -> None:
        self._fast = FastTokenizer.from_file(str(folder.tokenizer))
        self._fast.no_padding()
        self._fast.enable_truncation(folder.max_tokens)
        self._characters = folder.max_tokens * CHARACTERS_PER_TOKEN

    def encode(self, texts: Sequence[str], prefix: str = "") -> list[Tokens]:
        """One sequence per text."""
        return [_tokens(item) for item in self._fast.encode_batch([prefix + self._cut(text) for text in texts])]

    def encode_pairs(self, first: str, seconds: Sequence[str]) -> list[Tokens]:
        """One sequence per second text, each after `first`; the longer side is cut where both do not fit."""
        head = self._cut(first)
        return [_tokens(item) for item in self._fast.encode_batch([(head, self._cut(text)) for text in seconds])]

    def _cut(self, text: str) -> str:
        return text.strip()[: self._characters]


def _tokens(encoding: Encoding) -> Tokens:
    return Tokens(encoding.ids, encoding.type_ids, encoding.special_tokens_mask)
