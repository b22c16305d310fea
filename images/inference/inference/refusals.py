"""Requests that are not served: the status, why, and when to try again. Never repeats any of the request's text."""

from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.types import ExceptionHandler

from inference.batcher import OverloadedError
from inference.models import ModelError
from inference.schemas import Refusal
from inference.service import NotReadyError

MOST_FAULTS = 10
CLIENT_GONE = 499
STATUSES: dict[type[Exception], int] = {OverloadedError: 429, NotReadyError: 503, ModelError: 500}
RESPONSES: dict[int | str, dict[str, Any]] = {
    413: {"description": "More bytes or texts than one request may hold", "model": Refusal},
    422: {"description": "The request cannot be read or asks for what the model cannot do", "model": Refusal},
    429: {"description": "More work is waiting than can be done in time; see Retry-After", "model": Refusal},
    500: {"description": "The model failed", "model": Refusal},
    503: {"description": "The model is loading, or no answer was there in time; see Retry-After", "model": Refusal},
}


class RefusedError(Exception):
    """A request that is answered `status` with `detail`; `close` ends the connection, whatever is still coming."""

    def __init__(self, status: int, detail: str | list[dict[str, Any]], *, close: bool = False) -> None:
        super().__init__(str(detail))
        self.status = status
        self.detail = detail
        self.close = close


def unprocessable(message: str, *place: str | int) -> RefusedError:
    """422 in the shape of every other fault of a request; `place` leads to the fault inside the body."""
    return RefusedError(422, [{"loc": ["body", *map(str, place)], "msg": message}])


def faults(error: ValidationError) -> RefusedError:
    """422 with the place and the rule of each fault, never the offending text: it may not even be encodable."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[:MOST_FAULTS]
    return RefusedError(422, [{"loc": ["body", *map(str, fault["loc"])], "msg": fault["msg"]} for fault in found])


def json_answer(content: Any, status: int = 200) -> Response:
    """An answer as JSON; arrays are written without a detour over Python lists."""
    return Response(orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), status, media_type="application/json")


def add_handlers(app: FastAPI) -> None:
    """Tells every error of this application as JSON with a `detail`."""

    def told(status: int) -> ExceptionHandler:
        async def handler(_: Request, error: Exception) -> Response:
            answer = json_answer({"detail": str(error)}, status)
            if status in {429, 503}:
                answer.headers["retry-after"] = str(getattr(error, "retry_after", 1))
            return answer

        return handler

    for kind, status in STATUSES.items():
        app.add_exception_handler(kind, told(status))
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(ClientDisconnect, _gone)


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, RefusedError):
        return json_answer({"detail": "this address takes no such parameters"}, 422)
    answer = json_answer({"detail": error.detail}, error.status)
    if error.close:
        answer.headers["connection"] = "close"
    if error.status == 503:
        answer.headers["retry-after"] = "1"
    return answer


async def _gone(_: Request, __: Exception) -> Response:
    """Nobody reads it; the status is for the metrics."""
    return Response(status_code=CLIENT_GONE)
