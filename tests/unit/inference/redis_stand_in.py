"""As much of Redis as the cache speaks, in process; errors for everything else."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class RedisStandIn:
    """`held` is what it holds; with `silent` it accepts and never answers."""

    def __init__(self) -> None:
        self.held: dict[bytes, bytes] = {}
        self.seconds: set[bytes] = set()
        self.silent = False
        self.port = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["RedisStandIn"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                words = []
                for _ in range(int(line[1:])):
                    size = int((await reader.readline())[1:])
                    words.append((await reader.readexactly(size + 2))[:-2])
                if not self.silent:
                    writer.write(self._answer(words))
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    def _answer(self, words: list[bytes]) -> bytes:
        match words:
            case [b"MGET", *keys]:
                values = [self.held.get(key) for key in keys]
                items = [b"$-1\r\n" if value is None else b"$%d\r\n%b\r\n" % (len(value), value) for value in values]
                return b"*%d\r\n" % len(items) + b"".join(items)
            case [b"SET", key, value, b"EX", seconds]:
                self.held[key] = value
                self.seconds.add(seconds)
                return b"+OK\r\n"
            case [b"DBSIZE"]:
                return b":%d\r\n" % len(self.held)
            case [b"RANDOMKEY"]:
                key = random.choice(list(self.held))
                return b"$%d\r\n%b\r\n" % (len(key), key)
            case [b"UNLINK", *keys]:
                return b":%d\r\n" % sum(self.held.pop(key, None) is not None for key in keys)
        return b"-ERR not here\r\n"
