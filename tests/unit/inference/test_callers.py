"""Callers that go away, and callers that say how long they wait."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI
from inference.caller import Caller, FromCaller
from inference.embed_schemas import EmbedAnswer, EmbedRequest
from inference.endpoint import Endpoints
from inference.refusals import CLIENT_GONE, add_handlers
from starlette.types import Message

from tests.unit.inference.conftest import settings


class Exchange:
    """One request to an endpoint that works until it is told to stop."""

    def __init__(self, root: Path, **headers: str) -> None:
        self.app = FastAPI()
        add_handlers(self.app)
        self.began, self.ended_early = asyncio.Event(), False
        Endpoints(self.app, settings(root, "embed", model="tiny")).add("/embed", EmbedRequest, EmbedAnswer, self.work)
        self.incoming: asyncio.Queue[Message] = asyncio.Queue()
        self.incoming.put_nowait({"type": "http.request", "body": orjson.dumps({"text": "red"}), "more_body": False})
        self.sent: list[Message] = []
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def work(self, request: EmbedRequest, caller: FromCaller) -> Any:
        self.began.set()
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            self.ended_early = True
            raise

    async def run(self, act: Callable[["Exchange"], Awaitable[None]] | None = None) -> list[Message]:
        scope = {"type": "http", "method": "POST", "path": "/embed", "headers": self.headers, "query_string": b"",
                 "root_path": "", "http_version": "1.1"}  # fmt: skip

        async def send(message: Message) -> None:
            self.sent.append(message)

        serving = asyncio.create_task(self.app(scope, self.incoming.get, send))
        if act:
            await asyncio.wait_for(self.began.wait(), 5)
            await act(self)
        await asyncio.wait_for(serving, 5)
        return self.sent


def test_the_work_for_a_client_that_went_away_is_stopped(tmp_path: Path) -> None:
    async def scene() -> None:
        async def leave(exchange: Exchange) -> None:
            exchange.incoming.put_nowait({"type": "http.disconnect"})

        exchange = Exchange(tmp_path)
        sent = await exchange.run(leave)
        assert exchange.ended_early
        assert sent[0]["status"] == CLIENT_GONE

    asyncio.run(scene())


def test_a_caller_that_does_not_wait_longer_is_told_so(tmp_path: Path) -> None:
    async def scene() -> None:
        exchange = Exchange(tmp_path, **{"x-request-timeout": "0.05"})
        sent = await exchange.run()
        assert exchange.ended_early
        assert sent[0]["status"] == 503
        assert (b"retry-after", b"1") in sent[0]["headers"]
        assert b"no answer within the 0.05 s" in sent[1]["body"]

    asyncio.run(scene())


def test_tenants_and_deadlines_come_from_headers() -> None:
    assert (Caller().tenant, Caller().seconds) == ("", None)
    assert (Caller("a", "1.5").tenant, Caller("a", "1.5").seconds) == ("a", 1.5)
