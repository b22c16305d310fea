"""Who asks, and for how long the answer is of use: what a request says in its headers."""

import math
from typing import Annotated

from fastapi import Depends, Header

from inference.refusals import RefusedError

LONGEST_TENANT = 256


class Caller:
    """`tenant` separates kept results: one tenant's never answer another's. `seconds` is None where none are named."""

    def __init__(
        self,
        x_tenant: Annotated[str, Header(max_length=LONGEST_TENANT, description="whose kept results may be used")] = "",
        x_request_timeout: Annotated[
            str | None, Header(description="seconds after which the answer is of no use; refused at once if too few")
        ] = None,
    ) -> None:
        if len(x_tenant) > LONGEST_TENANT:
            raise _wrong("x-tenant", f"At most {LONGEST_TENANT} characters")
        self.tenant = x_tenant
        self.seconds = None if x_request_timeout is None else _seconds(x_request_timeout)


FromCaller = Annotated[Caller, Depends()]
"""As a parameter's type: the OpenAPI page shows the headers."""


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise _wrong("x-request-timeout", "A positive number of seconds")
    return seconds


def _wrong(header: str, message: str) -> RefusedError:
    return RefusedError(422, [{"loc": ["header", header], "msg": message}])
