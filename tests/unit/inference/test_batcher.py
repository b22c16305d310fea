"""The queue: bounded, batched across callers, honest about failures."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence

import numpy as np
import pytest
from inference.batcher import Batcher, OverloadedError, Run
from inference.graph import Floats
from inference.models import ModelError
from inference.tokens import Tokens


def sequence(length: int) -> Tokens:
    return Tokens([1] * length, [0] * length, [0] * length)


def lengths(batch: Sequence[Tokens]) -> list[Floats]:
    return [np.array([len(tokens.ids)], np.float32) for tokens in batch]


def with_batcher(run: Run, use: Callable[[Batcher], Awaitable[None]], limit: int = 8) -> None:
    async def scene() -> None:
        batcher = Batcher(run, max_batch_tokens=64, queue_limit=limit)
        try:
            await asyncio.wait_for(use(batcher), 10)
        finally:
            await batcher.close()

    asyncio.run(scene())


def test_results_come_back_in_the_order_of_the_request() -> None:
    async def use(batcher: Batcher) -> None:
        results = await batcher.submit([sequence(length) for length in (3, 40, 1, 30)])
        assert [int(result[0]) for result in results] == [3, 40, 1, 30]

    with_batcher(lengths, use)


def test_callers_that_wait_at_the_same_time_share_a_run() -> None:
    gate, sizes = threading.Event(), list[int]()

    def run(batch: Sequence[Tokens]) -> list[Floats]:
        gate.wait(5)
        sizes.append(len(batch))
        return lengths(batch)

    async def use(batcher: Batcher) -> None:
        callers = [asyncio.create_task(batcher.submit([sequence(5)])) for _ in range(4)]
        await asyncio.sleep(0.05)
        gate.set()
        await asyncio.gather(*callers)

    with_batcher(run, use)
    assert sum(sizes) == 4
    assert len(sizes) <= 2


def test_a_full_queue_refuses_at_once_and_an_empty_one_takes_a_large_request() -> None:
    gate = threading.Event()

    def run(batch: Sequence[Tokens]) -> list[Floats]:
        gate.wait(5)
        return lengths(batch)

    async def use(batcher: Batcher) -> None:
        running = asyncio.create_task(batcher.submit([sequence(5)]))
        await asyncio.sleep(0.05)
        large = asyncio.create_task(batcher.submit([sequence(5)] * 3))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await batcher.submit([sequence(5)])
        gate.set()
        assert len(await large) == 3
        await running

    with_batcher(run, use, limit=2)


def test_a_failing_run_fails_its_callers_and_the_next_run_is_good_again() -> None:
    failing = [True]

    def run(batch: Sequence[Tokens]) -> list[Floats]:
        if failing.pop() if failing else False:
            raise RuntimeError("out of memory")
        return lengths(batch)

    async def use(batcher: Batcher) -> None:
        with pytest.raises(ModelError, match="out of memory"):
            await batcher.submit([sequence(5)])
        assert batcher.last_run_failed
        await batcher.submit([sequence(5)])
        assert not batcher.last_run_failed

    with_batcher(run, use)


def test_what_a_caller_gave_up_is_not_run() -> None:
    gate, seen = threading.Event(), list[int]()

    def run(batch: Sequence[Tokens]) -> list[Floats]:
        gate.wait(5)
        seen.extend(len(tokens.ids) for tokens in batch)
        return lengths(batch)

    async def use(batcher: Batcher) -> None:
        first = asyncio.create_task(batcher.submit([sequence(1)]))
        await asyncio.sleep(0.05)
        dropped = asyncio.create_task(batcher.submit([sequence(2)]))
        await asyncio.sleep(0)
        dropped.cancel()
        gate.set()
        await asyncio.gather(first, dropped, return_exceptions=True)
        await batcher.submit([sequence(3)])

    with_batcher(run, use)
    assert seen == [1, 3]
