"""Redis makes answers faster at best: never wrong, and never slower for long."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
from inference.inputs import Output
from inference.redis_cache import ENTRY_BYTES, PREFIX, RedisCache, password_in

from tests.unit.inference.redis_stand_in import RedisStandIn

KEY = b"k" * 32
OUTPUT = Output(np.array([0.6, -0.8], np.float32), 7, True)


def with_redis(use: Callable[[RedisStandIn, RedisCache], Awaitable[None]], room: int = 1_000_000) -> None:
    async def scene() -> None:
        async with RedisStandIn().running() as server:
            cache = RedisCache(f"redis://127.0.0.1:{server.port}/0", None, 604_800, 2, room)
            try:
                await asyncio.wait_for(use(server, cache), 10)
            finally:
                await cache.close()

    asyncio.run(scene())


async def stored(server: RedisStandIn, cache: RedisCache) -> None:
    cache.put({KEY: OUTPUT})
    while not server.held:
        await asyncio.sleep(0.01)


def test_what_was_put_is_found_again_with_its_length_and_truncation_for_seven_days() -> None:
    async def use(server: RedisStandIn, cache: RedisCache) -> None:
        await stored(server, cache)
        found = (await cache.get([b"x" * 32, KEY]))[KEY]
        assert np.array_equal(found.values, OUTPUT.values)
        assert found[1:] == OUTPUT[1:]
        assert server.seconds == {b"604800"}

    with_redis(use)


def test_damaged_and_foreign_values_are_not_used() -> None:
    async def use(server: RedisStandIn, cache: RedisCache) -> None:
        await stored(server, cache)
        whole = server.held[PREFIX + KEY]
        flipped = whole[:-1] + bytes([whole[-1] ^ 1])
        for damaged in (b"", whole[:-4], whole + b"\0\0\0\0", flipped):
            server.held[PREFIX + KEY] = damaged
            assert await cache.get([KEY]) == {}

    with_redis(use)


def test_a_silent_redis_costs_one_short_wait_and_then_nothing() -> None:
    async def use(server: RedisStandIn, cache: RedisCache) -> None:
        server.silent = True
        # A tenth of a second each time would be ten seconds.
        async with asyncio.timeout(5):
            for _ in range(100):
                assert await cache.get([KEY]) == {}
                cache.put({KEY: OUTPUT})

    with_redis(use)


def test_without_any_redis_nothing_is_found_and_nothing_raised() -> None:
    async def scene() -> None:
        cache = RedisCache("redis://127.0.0.1:1/0", None, 60, 2, 1_000_000)
        assert await cache.get([KEY]) == {}
        cache.put({KEY: OUTPUT})
        await cache.close()

    asyncio.run(scene())


def test_what_has_no_room_is_removed_and_keys_of_others_never_are() -> None:
    async def use(server: RedisStandIn, cache: RedisCache) -> None:
        server.held[b"of somebody else"] = b"1"
        deadline = time.monotonic() + 8
        for number in range(200):
            cache.put({number.to_bytes(32, "big"): OUTPUT})
            while PREFIX + number.to_bytes(32, "big") not in server.held and time.monotonic() < deadline:
                await asyncio.sleep(0.001)
            await asyncio.sleep(0.002)
        while len(server.held) > 21 and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        assert len(server.held) <= 21
        assert b"of somebody else" in server.held

    with_redis(use, room=20 * (8 + ENTRY_BYTES))


def test_a_password_is_read_without_its_line_end_and_a_missing_file_is_no_failure(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("secret\n")
    assert password_in(file) == "secret"
    assert password_in(tmp_path / "missing") is None
    assert password_in(None) is None
