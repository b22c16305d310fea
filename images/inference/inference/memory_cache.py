"""Results kept in this process: the most recently used ones, bounded in bytes."""

from collections import OrderedDict

from inference import metrics
from inference.inputs import Output

ENTRY_BYTES = 400
"""What one entry takes beside its numbers: key, array header, tuple and its place in the table."""


class MemoryCache:
    """Least recently used goes first. Belongs to the event loop's thread; `limit` 0 keeps nothing."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: OrderedDict[bytes, Output] = OrderedDict()
        self._bytes = 0

    def get(self, key: bytes) -> Output | None:
        """The result, now the most recently used one."""
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def put(self, key: bytes, output: Output) -> None:
        """Keeps a result and lets go of as many old ones as it takes."""
        size = _size(output)
        if key in self._held or size > self._limit:
            return
        self._held[key] = output
        self._bytes += size
        while self._bytes > self._limit:
            _, oldest = self._held.popitem(last=False)
            self._bytes -= _size(oldest)
        metrics.CACHE_BYTES.set(self._bytes)


def _size(output: Output) -> int:
    return output.values.nbytes + ENTRY_BYTES
