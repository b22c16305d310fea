"""Request bodies, bounded before anything is parsed: each by itself, and all that are being read together."""

from typing import Any

import orjson
from fastapi import Request

from inference.batcher import OverloadedError
from inference.refusals import RefusedError, unprocessable


class Bodies:
    """Sizes in bytes. A body is given up at the first piece that is too much, so memory never holds more."""

    def __init__(self, each: int, together: int) -> None:
        self._each = each
        self._together = together
        self._held = 0

    async def read(self, request: Request) -> Any:
        """The body's JSON. Raises RefusedError, or OverloadedError where other bodies take all the room."""
        declared = request.headers.get("content-length", "0")
        if declared.isascii() and declared.isdecimal() and int(declared) > self._each:
            raise self._too_large()
        parts: list[bytes] = []
        size = 0
        try:
            async for chunk in request.stream():
                parts.append(chunk)
                size += len(chunk)
                self._held += len(chunk)
                if size > self._each:
                    raise self._too_large()
                if self._held > self._together:
                    raise OverloadedError(f"more than {self._together} bytes of requests are being read already")
            # Unlike the standard library's parser this one bounds the depth and refuses halves of surrogate pairs.
            return orjson.loads(b"".join(parts))
        except orjson.JSONDecodeError as error:
            raise unprocessable(f"The body is not JSON: {error.msg} at character {error.pos}") from None
        finally:
            self._held -= size

    def _too_large(self) -> RefusedError:
        return RefusedError(413, f"the body is larger than {self._each} bytes; send it in parts", close=True)
