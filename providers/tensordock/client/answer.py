"""What an HTTP answer of TensorDock means: its content, or the failure that it is. Pure.

The API answers HTTP 200 with an error in the body, 400 with an array, and its proxies answer with HTML.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Final

from providers.tensordock.client import errors

SHOWN: Final = 500  # characters of an answer that an error repeats

CAPACITY: Final = re.compile(
    r"no available (nodes|public ips)|hostnode unavailable|insufficient capacity|out of stock|resource unavailable"
    r"|unexpected error during deployment",
    re.I,
)
BALANCE: Final = re.compile(r"need at least|balance|insufficient funds", re.I)

KNOWN: Final[dict[int, type[errors.TensorDockError]]] = {
    401: errors.Unauthorized,
    402: errors.NoBalance,
    403: errors.Unauthorized,
    404: errors.NotFound,
    408: errors.Doubtful,
    429: errors.RateLimited,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    retry_after: str | None = None


def content(answer: Answer, said: str) -> dict[str, Any]:
    """The JSON object of a success. Raises the TensorDockError that the answer is; `said` names the call.

    Numbers with a fraction are Decimal, so that prices stay exact.
    """
    found = _json(answer.body)
    if not 200 <= answer.status < 300:
        raise _failure(answer, answer.status, found, said)
    if isinstance(found, Mapping):
        code = found.get("status")
        if found.get("error") or found.get("errors") or (isinstance(code, int) and code >= 400):
            raise _failure(answer, code if isinstance(code, int) else 400, found, said)
        return dict(found)
    if answer.status == 204:
        return {}
    raise errors.Doubtful(f"{said}: HTTP {answer.status} with {_shown(answer.body)}", status=answer.status)


def _failure(answer: Answer, status: int, found: Any, said: str) -> errors.TensorDockError:
    text = _message(found) or _shown(answer.body)
    message = f"{said}: {status} {text}"
    page = found is None and bool(answer.body.strip())
    wait = seconds(answer.retry_after) if status in (429, 503) else None
    return _kind(status, text, page=page)(message, status=status, retry_after=wait)


def _kind(status: int, text: str, *, page: bool) -> type[errors.TensorDockError]:
    """`page`: the body is no JSON, so a proxy may speak instead of the API, whose 404 proves nothing."""
    if status in KNOWN:
        return errors.Doubtful if page and status == 404 else KNOWN[status]
    if status >= 500 or status < 400:
        return errors.Doubtful
    if CAPACITY.search(text):
        return errors.NoCapacity
    return errors.NoBalance if BALANCE.search(text) else errors.Refused


def _message(found: Any) -> str:
    """The words of an error in any of its forms; empty where there are none."""
    match found:
        case str():
            return found
        case list():
            return "; ".join(filter(None, map(_message, found)))
        case Mapping():
            words = next(
                (found[key] for key in ("error", "errors", "message", "detail", "title") if found.get(key)), ""
            )
            path = ".".join(map(str, found["path"])) if isinstance(found.get("path"), list) else ""
            return f"{_message(words)} ({path})" if path else _message(words)
    return ""


def seconds(retry_after: str | None, now: datetime | None = None) -> float | None:
    """What `Retry-After` asks for: a number of seconds, or a date; None for anything else."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        date = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def _shown(body: bytes) -> str:
    text = " ".join(re.sub(r"<[^>]*>", " ", body.decode(errors="replace")).split())
    return f"{text[:SHOWN]!r}" if text else "an empty answer"
