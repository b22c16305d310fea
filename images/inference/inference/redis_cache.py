"""Results kept in Redis, shared by replicas and across restarts. Never needed: without it the model answers."""

import asyncio
import logging
import struct
import time
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from inference import metrics
from inference.inputs import Output

LOG = logging.getLogger(__name__)
PREFIX = b"inference:1:"
HEADER = struct.Struct("<I?I")
"""Tokens, whether the text was cut, CRC-32 of the little-endian float32 numbers that follow."""
SECONDS_TO_ANSWER = 0.1
SECONDS_TO_WRITE = 1.0
SECONDS_OF_REST = 5.0
"""After a failure Redis is left alone this long, so that a dead one costs each request nothing."""
WRITES_AT_ONCE = 32
ENTRY_BYTES = 180
"""What Redis takes for one entry beside its numbers: key, header, expiry and its place in two tables."""
REMOVED_AT_ONCE = 256


class RedisCache:
    """Every failure is counted and treated as "not there"; writes happen beside the answer.

    Where the database holds more entries than `room` bytes allow, random ones of ours are removed: the Redis is often
    that of other services too, and has no limit of its own.
    """

    def __init__(self, url: str, password: str | None, seconds: int, dimension: int, room: int) -> None:
        self._redis = Redis.from_url(
            url,
            password=password,
            socket_timeout=SECONDS_TO_WRITE,
            socket_connect_timeout=SECONDS_TO_ANSWER,
            retry=Retry(NoBackoff(), 0),
            max_connections=WRITES_AT_ONCE * 4,
            protocol=2,
        )
        self._seconds = seconds
        self._dimension = dimension
        self._entries = room // (4 * dimension + ENTRY_BYTES)
        self._rests_until = 0.0
        self._writes: set[asyncio.Task[None]] = set()

    async def get(self, keys: Sequence[bytes]) -> dict[bytes, Output]:
        """What Redis holds of `keys`; nothing while it is unwell. Takes no longer than its deadlines."""
        if time.monotonic() < self._rests_until:
            return {}
        started = time.perf_counter()
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                held = await self._redis.mget([PREFIX + key for key in keys])
        except (RedisError, OSError, TimeoutError) as error:
            self._rest(error)
            return {}
        finally:
            metrics.STAGE["cache"].observe(time.perf_counter() - started)
        found = {key: self._decoded(value) for key, value in zip(keys, held, strict=True) if isinstance(value, bytes)}
        return {key: output for key, output in found.items() if output is not None}

    def put(self, outputs: Mapping[bytes, Output]) -> None:
        """Writes in the background; what comes faster than Redis takes it is not written."""
        if time.monotonic() < self._rests_until or len(self._writes) >= WRITES_AT_ONCE:
            return
        task = asyncio.create_task(self._write({PREFIX + key: _encoded(output) for key, output in outputs.items()}))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def close(self) -> None:
        """Lets writes that have begun finish, within their deadline."""
        await asyncio.gather(*self._writes, return_exceptions=True)
        await self._redis.aclose()

    async def _write(self, values: Mapping[bytes, bytes]) -> None:
        try:
            async with asyncio.timeout(SECONDS_TO_WRITE), self._redis.pipeline(transaction=False) as pipe:
                for key, value in values.items():
                    pipe.set(key, value, ex=self._seconds)
                pipe.dbsize()
                *_, held = await pipe.execute()
                if held > self._entries:
                    await self._make_room(min(held - self._entries, REMOVED_AT_ONCE))
        except (RedisError, OSError, TimeoutError) as error:
            self._rest(error)

    async def _make_room(self, count: int) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for _ in range(count):
                pipe.randomkey()
            found = {key for key in await pipe.execute() if key and key.startswith(PREFIX)}
        if found:
            await self._redis.unlink(*found)

    def _rest(self, error: Exception) -> None:
        metrics.CACHE_FAILURES.inc()
        if time.monotonic() >= self._rests_until:
            LOG.warning("redis left alone", extra={"seconds": SECONDS_OF_REST, "cause": f"{type(error).__name__}"})
        self._rests_until = time.monotonic() + SECONDS_OF_REST

    def _decoded(self, value: bytes) -> Output | None:
        """None for anything that is not whole and of the model's size."""
        if len(value) != HEADER.size + 4 * self._dimension:
            return None
        tokens, truncated, checksum = HEADER.unpack_from(value)
        numbers = value[HEADER.size :]
        if zlib.crc32(numbers) != checksum:
            return None
        return Output(np.frombuffer(numbers, np.dtype("<f4")).astype(np.float32), tokens, truncated)


def password_in(file: Path | None) -> str | None:
    """The password in `file`. A file that cannot be read is told, and the service does without Redis for that."""
    if file is None:
        return None
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        LOG.warning("redis password not read", extra={"file": str(file), "cause": str(error)})
        return None


def _encoded(output: Output) -> bytes:
    numbers = output.values.astype(np.dtype("<f4")).tobytes()
    return HEADER.pack(output.tokens, output.truncated, zlib.crc32(numbers)) + numbers
