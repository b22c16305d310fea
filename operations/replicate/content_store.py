"""What a store of contents must be able to do, and which ones there are.

Another store is one more file beside s3_store.py with a class that has `put`, and one line in `__main__.py`. A client
of the decentralised store DDC belongs into `ddc_store.py`: its `put` stores the bytes in one bucket and returns their
CID, which is made of the content, so that storing it twice changes nothing.
"""

from __future__ import annotations

from typing import Protocol


class ContentStore(Protocol):
    """Keeps contents under ids that depend on nothing but the content."""

    place: str
    """Where it is, for messages."""

    def put(self, content: bytes) -> str:
        """The id, once the content is stored for good; the same for the same content. Raises Failure."""
