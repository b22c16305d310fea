"""Texts to token ids, with every length bounded before the tokeniser sees it."""

import os
from collections.abc import Sequence
from typing import NamedTuple

from tokenizers import Encoding
from tokenizers import Tokenizer as FastTokenizer

from inference.inputs import Input
from inference.models import ModelFolder

CHARACTERS_PER_TOKEN = 8
"""More than the mean of any language: what is cut here is nearly always more than the model reads."""
MOST_CHARACTERS_PER_TOKEN = 64
"""For texts of long words or wide gaps. What lies beyond is left out, and the answer says so."""


class Tokens(NamedTuple):
    """One sequence for the model, special tokens included; `truncated` if the text went on."""

    ids: list[int]
    type_ids: list[int]
    special: list[int]
    truncated: bool = False


class Tokenizer:
    """A model's tokeniser; its own padding is off, batches are padded to their longest member."""

    def __init__(self, folder: ModelFolder, threads: int) -> None:
        # The library reads it once, and would otherwise start a thread for each processor of the host.
        os.environ.setdefault("RAYON_NUM_THREADS", str(threads))
        self._fast = FastTokenizer.from_file(str(folder.tokenizer))
        self._fast.no_padding()
        self._fast.enable_truncation(folder.max_tokens)
        self._limit = folder.max_tokens

    def encode(self, inputs: Sequence[Input]) -> list[Tokens]:
        """One sequence per input; the longer side of a pair is cut where both do not fit."""
        found = self._attempt(inputs, self._limit * CHARACTERS_PER_TOKEN)
        early = [place for place, (_, cut_early) in enumerate(found) if cut_early]
        if early:
            again = self._attempt([inputs[place] for place in early], self._limit * MOST_CHARACTERS_PER_TOKEN)
            for place, item in zip(early, again, strict=True):
                found[place] = item
        return [tokens for tokens, _ in found]

    def _attempt(self, inputs: Sequence[Input], characters: int) -> list[tuple[Tokens, bool]]:
        """Sequences of texts cut at `characters`, each with whether its cut left room for more tokens."""
        cuts = [_cut(item, characters) for item in inputs]
        encodings = self._fast.encode_batch_fast([text for text, _ in cuts])
        return [_tokens(encoding, was_cut) for encoding, (_, was_cut) in zip(encodings, cuts, strict=True)]


def _cut(item: Input, characters: int) -> tuple[str | tuple[str, str], bool]:
    """What the tokeniser reads of `item`, and whether that is less than all of it."""
    text, pair = item.text.strip(), (item.pair or "").strip()
    was_cut = len(text) > characters or len(pair) > characters
    head = item.prefix + _whole_words(text, characters)
    return (head if item.pair is None else (head, _whole_words(pair, characters))), was_cut


def _whole_words(text: str, characters: int) -> str:
    """At most `characters`, ending between two words where there are any."""
    if len(text) <= characters:
        return text
    end = text.rfind(" ", characters // 2, characters)
    return text[: end if end > 0 else characters]


def _tokens(encoding: Encoding, was_cut: bool) -> tuple[Tokens, bool]:
    overflows = bool(encoding.overflowing)
    tokens = Tokens(encoding.ids, encoding.type_ids, encoding.special_tokens_mask, overflows or was_cut)
    return tokens, was_cut and not overflows
