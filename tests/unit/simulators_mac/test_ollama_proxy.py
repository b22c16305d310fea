"""The proxy before the Ollama server of a simulated Mac: what it changes, and that it changes nothing else."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from simulators.images.mac.macos import faults
from simulators.images.mac.macos.ollama.proxy import Proxy

LOADED = json.dumps({"models": [{"name": "m", "size": 7, "size_vram": 0}]}).encode()


@pytest.fixture(autouse=True)
def switches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(faults, "FAULTS", tmp_path)
    return tmp_path


async def _upstream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    body = LOADED if b"/api/ps" in head else await reader.readexactly(4) + b" came"
    writer.write(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    await writer.drain()
    writer.close()


async def _asked(request: bytes) -> bytes:
    server = await asyncio.start_server(_upstream, "127.0.0.1", 0)
    async with server:
        proxy = await asyncio.start_server(Proxy(server.sockets[0].getsockname()[1]).serve, "127.0.0.1", 0)
        async with proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.sockets[0].getsockname()[1])
            writer.write(request)
            answer = await asyncio.wait_for(reader.read(), 5)
            writer.close()
            return answer


def asked(request: bytes) -> bytes:
    return asyncio.run(_asked(request))


def test_a_loaded_model_lies_in_the_gpus_memory_until_the_fault(switches: Path) -> None:
    request = b"GET /api/ps HTTP/1.1\r\nHost: mac\r\n\r\n"
    assert json.loads(asked(request).partition(b"\r\n\r\n")[2])["models"][0]["size_vram"] == 7
    (switches / "ollama-no-gpu").touch()
    assert json.loads(asked(request).partition(b"\r\n\r\n")[2])["models"][0]["size_vram"] == 0


def test_a_request_with_a_body_goes_through_as_it_is() -> None:
    request = b"POST /api/generate HTTP/1.1\r\nHost: mac\r\nContent-Length: 4\r\n\r\nbody"
    assert asked(request).endswith(b"\r\n\r\nbody came")


def test_a_pull_that_fails_has_said_200_before(switches: Path) -> None:
    request = b"POST /api/pull HTTP/1.1\r\nHost: mac\r\nContent-Length: 4\r\n\r\nbody"
    assert asked(request).endswith(b"body came")
    (switches / "ollama-pull-cut").touch()
    cut = asked(request)
    assert cut.startswith(b"HTTP/1.1 200 OK")
    assert not cut.endswith(b"0\r\n\r\n")
    (switches / "ollama-pull-error").touch()
    assert b'{"error":' in asked(request)
