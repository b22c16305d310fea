"""What one result is computed from, and the key under which that result may be kept."""

import hashlib
from typing import NamedTuple

from numpy import float32
from numpy.typing import NDArray

Floats = NDArray[float32]


class Input(NamedTuple):
    """One text with what goes before it, or a pair of texts. None of them holds NUL, see schemas.Text."""

    text: str
    prefix: str = ""
    pair: str | None = None

    def key(self, scope: bytes) -> bytes:
        """SHA-256 over `scope` (model and tenant) and every part; parts cannot run into one another."""
        kind = "\0text\0" if self.pair is None else "\0pair\0"
        return hashlib.sha256(scope + f"{kind}{self.prefix}\0{self.text}\0{self.pair or ''}".encode()).digest()


class Output(NamedTuple):
    """The model's result for one input, and what its tokeniser made of the text."""

    values: Floats
    tokens: int
    truncated: bool


def scope(fingerprint: bytes, tenant: str) -> bytes:
    """Results of one model for one tenant: nothing is shared beyond it."""
    return fingerprint + hashlib.sha256(tenant.encode()).digest()
