"""A TCP proxy on loopback that makes every byte late, as on a long line."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

CHUNK = 1 << 16


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Every chunk arrives `seconds` after it was sent; many may be under way at once."""
    loop, chunks = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

    async def read() -> None:
        while data := await reader.read(CHUNK):
            chunks.put_nowait((loop.time() + seconds, data))
        chunks.put_nowait((loop.time() + seconds, b""))

    reading = asyncio.create_task(read())
    with contextlib.suppress(ConnectionError):
        while True:
            due, data = await chunks.get()
            await asyncio.sleep(due - loop.time())
            if not data:
                writer.write_eof()
                break
            writer.write(data)
            await writer.drain()
    reading.cancel()


async def _serve(address: tuple[str, int], target: tuple[str, int], seconds: float) -> asyncio.Server:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(*target)
        await asyncio.gather(_carry(reader, there_writer, seconds), _carry(there_reader, writer, seconds))
        for end in (writer, there_writer):
            end.close()

    return await asyncio.start_server(connected, *address)


@contextlib.contextmanager
def delayed(targets: dict[tuple[str, int], tuple[str, int]], round_trip: float) -> Iterator[None]:
    """Serves each address by its target until the end of the block, with `round_trip` seconds added to the way.

    Half of it is spent in each direction. Opening a connection is not slowed: the proxy answers at once.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    servers = [
        asyncio.run_coroutine_threadsafe(_serve(address, target, round_trip / 2), loop).result(10)
        for address, target in targets.items()
    ]
    try:
        yield
    finally:
        for server in servers:
            loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
