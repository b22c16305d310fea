"""Faults of single calls: an error before or after the effect, an answer that is lost, late or slow."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from simulators.reply import Reply

Kind = Literal["error", "error_after", "drop", "lost", "slow", "late"]
Body = Literal["json", "array", "ok_with_error", "html", "empty", "garbage", "other_shape"]


class Fault(BaseModel):
    """One fault. It meets the calls of this method whose path starts so, after `skip` of them, `times` times.

    error: the answer is an error, nothing was done. error_after: it was done all the same. drop: the connection ends
    before anything is done. lost: after it was done. slow: the answer takes `seconds`. late: the connection ends, and
    `seconds` later it is done.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    method: str = ""
    path: str = ""
    skip: int = Field(default=0, ge=0)
    times: int = Field(default=1, ge=0)
    status: int = 500
    body: Body = "json"
    message: str = "Internal Server Error"
    retry_after: str | None = None
    seconds: float = 0

    def meets(self, method: str, path: str) -> bool:
        """Whether it happens to this call; counts the call."""
        if not self.times or (self.method and self.method != method) or not path.startswith(self.path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True

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
