"""Faults of single calls: an error before or after the effect, an answer that is lost, late or slow."""

from typing import Literal

from simulators.counted_fault import CountedFault
from simulators.reply import Reply

Kind = Literal["error", "error_after", "drop", "lost", "slow", "late"]
Body = Literal["json", "array", "ok_with_error", "html", "empty", "garbage", "other_shape"]


class Fault(CountedFault):
    """One fault. It meets calls whose path starts with `path`.

    error: the answer is an error, nothing was done. error_after: it was done all the same. drop: the connection ends
    before anything is done. lost: after it was done. slow: the answer takes `seconds`. late: the connection ends, and
    `seconds` later it is done.
    """

    kind: Kind
    body: Body = "json"
    retry_after: str | None = None
    seconds: float = 0

    def at(self, path: str) -> bool:
        return path.startswith(self.path)

    def reply(self) -> Reply:  # noqa: PLR0911 - one line per kind of body
        """The erroneous answer."""
        headers = {} if self.retry_after is None else {"Retry-After": self.retry_after}
        match self.body:
            case "array":
                return Reply.json([{"code": "custom", "message": self.message, "path": ["data"]}], self.status, headers)
            case "ok_with_error":
                return Reply.json({"status": self.status, "error": self.message}, 200, headers)
            case "html":
                page = f"<html><head><title>{self.status}</title></head><body>{self.message}</body></html>"
                return Reply(self.status, page.encode(), {**headers, "Content-Type": "text/html"})
            case "empty":
                return Reply(self.status, b"", headers)
            case "garbage":
                return Reply(self.status, b'{"data": {"id": "', headers)
            case "other_shape":
                return Reply.json({"data": {"unexpected": True}}, self.status, headers)
        return Reply.json({"error": self.message}, self.status, headers)
