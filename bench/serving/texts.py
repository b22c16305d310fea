"""Texts of a known length: common words, a token each. Every one is different, so that nothing kept can answer."""

import math
import random
from itertools import count
from statistics import NormalDist

from operations.perf_test.texts import WORDS

MEDIAN_TOKENS, P99_TOKENS, MOST_TOKENS = 60, 500, 240
SIGMA = math.log(P99_TOKENS / MEDIAN_TOKENS) / 2.326
"""2.326 standard deviations lie below the 99th percentile."""
_RANDOM = random.Random(5)
_NUMBERS = count(100_000)


def text(tokens: int) -> str:
    """About so many tokens, the two special ones and the number that makes it different included."""
    return " ".join([str(next(_NUMBERS)), *_RANDOM.choices(WORDS.split(), k=max(tokens - 5, 1))])


def mixed(number: int) -> list[str]:
    """Lengths as people write: log-normal, median 60 tokens, the 99th percentile 500, none above 240.

    The same lengths in every call, in another order: rounds can be compared.
    """
    lengths = [_length((place + 0.5) / number) for place in range(number)]
    _RANDOM.shuffle(lengths)
    return [text(length) for length in lengths]


def _length(share: float) -> int:
    """The length below which that share of all lengths lies."""
    return min(MOST_TOKENS, round(math.exp(math.log(MEDIAN_TOKENS) + SIGMA * NormalDist().inv_cdf(share))))
