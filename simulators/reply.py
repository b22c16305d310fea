"""A call to the simulator and what it answers, apart from how either travels."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `path` is relative to the base of the API; `token` is what the Authorization header holds."""

    method: str
    path: str
    token: str = ""
    body: Any = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `dropped`: the connection ends without one. `seconds`: how long it takes, on the real clock."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False
    seconds: float = 0

    @staticmethod
    def json(content: Any, status: int = 200, headers: Mapping[str, str] = NO_HEADERS) -> "Reply":
        """An answer in JSON."""
        return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json", **headers})


DROPPED = Reply(0, dropped=True)
