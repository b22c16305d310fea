"""How a call to TensorDock fails, told apart by the one thing that matters: whether it may have had an effect.

Every message keeps the words of the API; none holds the token.
"""


class TensorDockError(Exception):
    """A call failed. `status` is the HTTP status, or the one that a body of HTTP 200 names; None without an answer."""

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        """Seconds that the server asked to wait; None where it named none."""


class Refused(TensorDockError):
    """The API said no: the call had no effect."""


class Unauthorized(Refused):
    """No token, a wrong one or a revoked one. Retrying cannot help."""


class NotFound(Refused):
    """The API itself says that there is no such thing (HTTP 404, not a page of a proxy in front of it)."""


class RateLimited(Refused):
    """More than 100 calls a minute by the whole organization."""


class NoCapacity(Refused):
    """The place cannot hold the machine now; another place may."""


class NoBalance(Refused):
    """The account holds too little money; no place will do."""


class Unreachable(TensorDockError):
    """No connection was made: the call had no effect."""


class Doubtful(TensorDockError):
    """The call may or may not have had its effect: no answer, a broken one, or an error of the server."""


class OutOfTime(TensorDockError):
    """The operation's time is used up; the call that was due was not sent."""


class Cancelled(TensorDockError):
    """The user asked to stop; the call that was due was not sent."""
