"""What the account refuses, in the API's own form."""

UNRECORDED = 10001
"""Code of refusals that no public client has recorded."""


class Refusal(Exception):
    """One error of the API: HTTP status, Cloudflare's code and its text."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def not_found(what: str) -> Refusal:
    """For an identifier that nothing has."""
    return Refusal(404, 1003, f"{what} not found")


def invalid(message: str, code: int = UNRECORDED) -> Refusal:
    """For a body that breaks a rule."""
    return Refusal(400, code, message)
