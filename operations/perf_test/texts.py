"""Texts that no cache can know: every one is different, and different in every run."""

from __future__ import annotations

import random
import secrets

WORDS = (
    "service answer question network storage engine memory report office window garden machine record update "
    "failure backup driver method number system letter market season travel bridge forest summer history planet "
    "doctor teacher library kitchen village country science language picture message journey weather process "
    "the and with from under over between after before against through without every other small large early late "
    "opens closes sends keeps moves holds reads writes shows brings follows begins returns carries changes waits"
)


class Texts:
    """Plain English words; `length` of them make a text, at 1.3 tokens or so each."""

    def __init__(self, length: int) -> None:
        self._length, self._random, self._run = length, random.Random(secrets.token_hex(8)), secrets.token_hex(4)  # noqa: S311
        self._count = 0

    def one(self) -> str:
        self._count += 1
        words = self._random.choices(WORDS.split(), k=max(self._length - 1, 0))
        # First, where no truncation takes it away.
        return " ".join([f"{self._run}-{self._count}", *words])

    def many(self, count: int) -> list[str]:
        return [self.one() for _ in range(count)]
