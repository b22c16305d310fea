"""Faults of single calls: an error, an answer that is lost, a process that is to be killed at just this moment."""

from typing import Literal

from simulators.counted_fault import CountedFault


class Fault(CountedFault):
    """One fault.

    error: refused, nothing was done. error_after: refused, but done. drop: the connection ends before anything is done.
    lost: after it was done. `retried` is what the answer advises (x-should-retry).
    """

    kind: Literal["error", "error_after", "drop", "lost"]
    code: int = 10000
    retried: bool = False
    html: bool = False
