"""Requests to a server: a fixed number at once for what it can do at most, at fixed times for how long it takes."""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from http import HTTPStatus
from http.client import HTTPConnection
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import aiohttp

from bench.serving.places import MODEL

Result = TypeVar("Result")
TIMEOUT_SECONDS = 120
HEADERS = {"content-type": "application/json"}


class Answer(NamedTuple):
    """`seconds` from the time at which the request was due, not from when the machine came to send it."""

    status: int
    seconds: float


def bodies(texts: Iterable[str]) -> list[bytes]:
    """One request in OpenAI's form for each text."""
    return [bulk([text]) for text in texts]


def bulk(texts: Sequence[str]) -> bytes:
    """One request for all of them."""
    return json.dumps({"model": MODEL, "input": texts}).encode()


def closed(url: str, requests: Sequence[bytes], clients: int) -> float:
    """Seconds until all are answered, `clients` at a time. Raises RuntimeError for any that is refused."""
    return asyncio.run(_closed(url, requests, clients))


def one_by_one(url: str, requests: Sequence[bytes]) -> list[float]:
    """Seconds of each, over one connection that stays open, by a client that has no event loop to wake.

    Raises RuntimeError for any that is refused.
    """
    target = urlsplit(url)
    taken = []
    with contextlib.closing(HTTPConnection(target.netloc, timeout=TIMEOUT_SECONDS)) as connection:
        for body in requests:
            started = time.perf_counter()
            connection.request("POST", target.path, body, HEADERS)
            answer = connection.getresponse()
            answer.read()
            taken.append(time.perf_counter() - started)
            if answer.status != HTTPStatus.OK:
                raise RuntimeError(f"{url} answered {answer.status}")
    return taken


def open_loop(url: str, requests: Sequence[bytes], rate: float) -> list[Answer]:
    """Sends `rate` a second whatever the server does; answers in order."""

    async def run(session: aiohttp.ClientSession) -> list[Answer]:
        started = time.perf_counter()
        asking = []
        for number, body in enumerate(requests):
            due = started + number / rate
            await asyncio.sleep(due - time.perf_counter())
            asking.append(asyncio.create_task(_answered(session, url, body, due)))
        return list(await asyncio.gather(*asking))

    return asyncio.run(_with_session(run))


async def _closed(url: str, requests: Sequence[bytes], clients: int) -> float:
    waiting = iter(requests)

    async def client(session: aiohttp.ClientSession) -> None:
        for body in waiting:
            answer = await _answered(session, url, body, time.perf_counter())
            if answer.status != HTTPStatus.OK:
                raise RuntimeError(f"{url} answered {answer.status}")

    async def run(session: aiohttp.ClientSession) -> float:
        started = time.perf_counter()
        await asyncio.gather(*(client(session) for _ in range(clients)))
        return time.perf_counter() - started

    return await _with_session(run)


async def _with_session(run: Callable[[aiohttp.ClientSession], Awaitable[Result]]) -> Result:
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, headers=HEADERS) as session:
        return await run(session)


async def _answered(session: aiohttp.ClientSession, url: str, body: bytes, due: float) -> Answer:
    async with session.post(url, data=body) as answer:
        await answer.read()
    return Answer(answer.status, time.perf_counter() - due)
