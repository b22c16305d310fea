"""A check and the team that it believes, both on loopback ports, in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from access_check.app import Check
from access_check.settings import Settings
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from .team import AUDIENCES, ISSUER, Team


@dataclass
class Clock:
    """Time that a test moves; it counts the age of keys, not that of assertions."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Scene:
    """Who asks, who is asked for keys, and their clock."""

    client: TestClient[web.Request, web.Application]
    team: Team
    clock: Clock
    certificates: TestServer

    async def check(self, token: str | None, name: str = "chat.example.com") -> int:
        return (await self.answer(token, name))[0]

    async def answer(self, token: str | None, name: str = "chat.example.com") -> tuple[int, str | None]:
        """Status, and the mail address that it tells."""
        headers = {"X-Access-Name": name} | ({"Cf-Access-Jwt-Assertion": token} if token is not None else {})
        async with self.client.get("/check", headers=headers) as response:
            return response.status, response.headers.get("X-Access-Email")

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(20):
            while not await holds():
                await asyncio.sleep(0.005)

    async def metric(self, line: str) -> float:
        async with self.client.get("/metrics") as response:
            lines = (await response.text()).splitlines()
        return next((float(one.rsplit(" ", 1)[1]) for one in lines if one.startswith(line)), 0.0)


@asynccontextmanager
async def scene(team: Team, **settings: Any) -> AsyncIterator[Scene]:
    clock, certificates = Clock(), TestServer(team.app())
    await certificates.start_server()
    url = str(certificates.make_url("/cdn-cgi/access/certs"))
    front = TestServer(Check(Settings(ISSUER, url, AUDIENCES, **settings), clock).app())
    await front.start_server()
    try:
        async with TestClient(front) as client:
            yield Scene(client, team, clock, certificates)
    finally:
        await front.close()
        await certificates.close()


def played(story: Callable[[Scene], Awaitable[None]], team: Team | None = None, **settings: Any) -> None:
    """Runs the story; a test that hangs fails."""

    async def run() -> None:
        async with asyncio.timeout(60), scene(team or Team(), **settings) as stage:
            await story(stage)

    asyncio.run(run())
