"""A check and the team that it believes, both on loopback ports, in one event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
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


@dataclass(frozen=True)
class Names:
    """The file of names, as it is delivered: each version in a folder of its own, and a link to one of them."""

    file: Path

    def write(self, version: str, audiences: Mapping[str, str]) -> None:
        self.put(version, json.dumps({"version": version, "audiences": audiences}))

    def put(self, version: str, text: str) -> None:
        link, folder = self.file.parent, self.file.parent.with_name(version)
        folder.mkdir(exist_ok=True)
        (folder / self.file.name).write_text(text, encoding="utf-8")
        self.forget()
        link.symlink_to(folder.name)

    def forget(self) -> None:
        self.file.parent.unlink(missing_ok=True)


@dataclass
class Scene:
    """Who asks, who is asked for keys, and their clock."""

    client: TestClient[web.Request, web.Application]
    team: Team
    clock: Clock
    certificates: TestServer
    names: Names

    async def told(self, page: str) -> tuple[int, dict[str, Any]]:
        async with self.client.get(page) as response:
            return response.status, await response.json()

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
    with TemporaryDirectory() as folder:
        names = Names(Path(folder) / "current" / "audiences.json")
        names.write("first", AUDIENCES)
        front = TestServer(Check(Settings(ISSUER, url, names.file, **settings), clock).app())
        await front.start_server()
        try:
            async with TestClient(front) as client:
                yield Scene(client, team, clock, certificates, names)
        finally:
            await front.close()
            await certificates.close()


def played(story: Callable[[Scene], Awaitable[None]], team: Team | None = None, **settings: Any) -> None:
    """Runs the story; a test that hangs fails."""

    async def run() -> None:
        async with asyncio.timeout(60), scene(team or Team(), **settings) as stage:
            await story(stage)

    asyncio.run(run())
