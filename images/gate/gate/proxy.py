"""Carries one request to Ollama and its answer back, piece by piece as they come: nothing is collected."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, web
from yarl import URL

from gate.headers import end_to_end
from gate.settings import Settings

CONNECT_SECONDS = 10
log = logging.getLogger("gate")


def upstream_session(settings: Settings) -> ClientSession:
    """Connections to Ollama. An answer may take hours in all, but may not stand still for longer than allowed."""
    timeout = ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=settings.silence_seconds)
    # Bytes go through as they are: what came compressed leaves compressed.
    return ClientSession(timeout=timeout, auto_decompress=False)


async def forward(request: web.Request, session: ClientSession, settings: Settings) -> web.StreamResponse:
    """The answer of Ollama; 502 where it gives none. When the client goes, the request to Ollama is cancelled."""
    body = _pieces(request, settings) if request.can_read_body else None
    try:
        async with session.request(
            request.method,
            URL(settings.upstream + request.raw_path, encoded=True),
            headers=end_to_end(request.headers),
            data=body,
            allow_redirects=False,
        ) as answer:
            return await _pass_on(request, answer, settings)
    except (ClientError, TimeoutError) as error:
        log.warning("%s %s: Ollama gives no answer: %s", request.method, request.path, error or type(error).__name__)
        return web.json_response({"error": f"Ollama gives no answer: {error or type(error).__name__}"}, status=502)


async def _pieces(request: web.Request, settings: Settings) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(settings.silence_seconds):
            piece = await request.content.readany()
        if not piece:
            return
        yield piece


async def _pass_on(request: web.Request, answer: ClientResponse, settings: Settings) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=end_to_end(answer.headers))
    await response.prepare(request)
    try:
        async for piece in answer.content.iter_any():
            async with asyncio.timeout(settings.silence_seconds):
                await response.write(piece)
    except (ClientError, ConnectionError, TimeoutError) as error:
        # Half an answer must not look like a whole one: the connection is cut.
        log.warning("%s %s: cut off: %s", request.method, request.path, error or type(error).__name__)
        if request.transport is not None:
            request.transport.abort()
    return response
