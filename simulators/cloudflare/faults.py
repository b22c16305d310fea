"""Faults of single calls: an error, an answer that is lost, a process that is to be killed at just this moment."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """One fault. It meets calls of this method whose path holds `path`, after `skip` of them, `times` times.

    error: refused, nothing was done. error_after: refused, but done. drop: the connection ends before anything is done.
    lost: after it was done. `retried` is what the answer advises (x-should-retry).
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["error", "error_after", "drop", "lost"]
    method: str = ""
    path: str = ""
    skip: int = Field(default=0, ge=0)
    times: int = Field(default=1, ge=0)
    status: int = 500
    code: int = 10000
    message: str = "Internal Server Error"
    retried: bool = False
    html: bool = False

    def meets(self, method: str, path: str) -> bool:
        """Whether it happens to this call; counts the call."""
        if not self.times or (self.method and self.method != method) or self.path not in path:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True
