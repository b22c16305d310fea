"""The queue: bounded, batched across callers, honest about failures."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import numpy as np
import pytest
from inference.batcher import Batcher, Limits, OverloadedError, Run
from inference.inputs import Floats
from inference.models import ModelError
from inference.tokens import Tokens


def sequence(length: int) -> Tokens:
    return Tokens([1] * length, [0] * length, [0] * length)


def lengths(batch: Sequence[Tokens]) -> list[Floats]:
    return [np.array([len(tokens.ids)], np.float32) for tokens in batch]


async def results(batcher: Batcher, sequences: Sequence[Tokens]) -> list[Floats]:
    return list(await asyncio.gather(*batcher.submit(sequences)))


def with_batcher(run: Run, use: Callable[[Batcher], Awaitable[None]], limit: int = 8, **values: Any) -> None:
    async def scene() -> None:
        batcher = Batcher(run, Limits(batch_tokens=64, texts=limit, **values))
        try:
            await asyncio.wait_for(use(batcher), 10)
        finally:
            await batcher.close()

    asyncio.run(scene())


def test_results_come_back_in_the_order_of_the_request() -> None:
    async def use(batcher: Batcher) -> None:
        found = await results(batcher, [sequence(length) for length in (3, 40, 1, 30)])
        assert [int(result[0]) for result in found] == [3, 40, 1, 30]

    with_batcher(lengths, use)


def test_callers_that_wait_at_the_same_time_share_a_run() -> None:
    gate, sizes = threading.Event(), list[int]()

    def run(batch: Sequence[Tokens]) -> list[Floats]:
        gate.wait(5)
        sizes.append(len(batch))
        return lengths(batch)

    async def use(batcher: Batcher) -> None:
        callers = [asyncio.create_task(results(batcher, [sequence(5)])) for _ in range(4)]
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
        running = asyncio.create_task(results(batcher, [sequence(5)]))
        await asyncio.sleep(0.05)
        large = asyncio.create_task(results(batcher, [sequence(5)] * 3))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            batcher.check_room(1)
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
            await results(batcher, [sequence(5)])
        assert batcher.last_run_failed
        await results(batcher, [sequence(5)])
        assert not batcher.last_run_failed

    with_batcher(run, use)


def test_what_a_caller_gave_up_is_not_run() -> None:
    gate, seen = threading.Event(), list[int]()

    def run(batch: Sequence[Tokens]) -> list[Floats]:
        gate.wait(5)
        seen.extend(len(tokens.ids) for tokens in batch)
        return lengths(batch)

    async def use(batcher: Batcher) -> None:
        first = asyncio.create_task(results(batcher, [sequence(1)]))
        await asyncio.sleep(0.05)
        dropped = asyncio.create_task(results(batcher, [sequence(2)]))
        await asyncio.sleep(0)
        dropped.cancel()
        gate.set()
        await asyncio.gather(first, dropped, return_exceptions=True)
        await results(batcher, [sequence(3)])

    with_batcher(run, use)
    assert seen == [1, 3]


def test_a_short_text_does_not_wait_for_the_whole_of_a_long_request() -> None:
    gate, seen = threading.Event(), list[list[int]]()

    def run(batch: Sequence[Tokens]) -> list[Floats]:
        gate.wait(5)
        seen.append([len(tokens.ids) for tokens in batch])
        return lengths(batch)

    async def use(batcher: Batcher) -> None:
        bulk = asyncio.create_task(results(batcher, [sequence(60)] * 8))
        await asyncio.sleep(0.05)
        single = asyncio.create_task(results(batcher, [sequence(3)]))
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(bulk, single)

    with_batcher(run, use)
    assert [3] in seen[:3]
    assert len(seen) == 9


def test_a_wait_that_would_be_too_long_is_refused_at_once_with_when_to_come_back() -> None:
    def run(batch: Sequence[Tokens]) -> list[Floats]:
        time.sleep(0.05)
        return lengths(batch)

    async def use(batcher: Batcher) -> None:
        await results(batcher, [sequence(64)])
        waiting = batcher.submit([sequence(64)] * 50)
        await asyncio.sleep(0)
        batcher.check_room(1, 60)
        with pytest.raises(OverloadedError) as told:
            batcher.check_room(1, 1.0)
        assert 2 <= told.value.retry_after <= 5
        for result in waiting:
            result.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    with_batcher(run, use, limit=100)


def test_several_runs_go_on_at_once_where_they_are_allowed() -> None:
    together = threading.Barrier(2, timeout=5)

    def run(batch: Sequence[Tokens]) -> list[Floats]:
        together.wait()
        return lengths(batch)

    async def use(batcher: Batcher) -> None:
        await results(batcher, [sequence(60), sequence(60)])

    with_batcher(run, use, runs=2)
