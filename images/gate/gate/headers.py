"""Which headers go through a proxy (RFC 9110, 7.6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from multidict import CIMultiDict

HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        # The server of this side has answered it already.
        "expect",
        # The next hop is another host.
        "host",
    }
)


def end_to_end(headers: Mapping[str, str]) -> CIMultiDict[str]:
    """The headers that are meant for the other end, each as often as it was sent."""
    named = {word.strip().lower() for word in headers.get("Connection", "").split(",")}
    kept = ((name, value) for name, value in headers.items() if name.lower() not in HOP_BY_HOP | named)
    return CIMultiDict(kept)
