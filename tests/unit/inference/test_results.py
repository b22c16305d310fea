"""Kept results, results that several requests wait for, and who gets none of another's."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence

import numpy as np
import pytest
from inference.batcher import Batcher, Limits, OverloadedError
from inference.inputs import Floats, Input, scope
from inference.memory_cache import ENTRY_BYTES, MemoryCache
from inference.models import ModelError
from inference.results import Results
from inference.tokens import Tokens

ONE = scope(b"model", "")


class Machine:
    """A model whose result is the text's length; `gate` holds its runs back."""

    def __init__(self, cache_bytes: int = 10_000, queue_limit: int = 100) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.ran: list[int] = []
        self.fails = False
        batcher = Batcher(self.run, Limits(batch_tokens=512, texts=queue_limit))
        self.results = Results(batcher, self.tokenise, MemoryCache(cache_bytes), None, {})

    def tokenise(self, inputs: Sequence[Input]) -> list[Tokens]:
        return [Tokens([1] * len(item.text), [], []) for item in inputs]

    def run(self, batch: Sequence[Tokens]) -> list[Floats]:
        self.gate.wait(5)
        self.ran += [len(item.ids) for item in batch]
        if self.fails:
            raise RuntimeError("out of memory")
        return [np.array([len(item.ids)], np.float32) for item in batch]

    async def ask(self, *texts: str, of: bytes = ONE) -> list[float]:
        return [float(output.values[0]) for output in await self.results.get([Input(text) for text in texts], of)]


def scene(use: Callable[[Machine], Awaitable[None]], **values: int) -> Machine:
    async def play() -> Machine:
        machine = Machine(**values)
        try:
            await asyncio.wait_for(use(machine), 10)
        finally:
            await machine.results.batcher.close()
        assert not machine.results.flights
        return machine

    return asyncio.run(play())


def test_a_text_is_computed_once_within_a_request_and_across_requests() -> None:
    async def use(machine: Machine) -> None:
        assert await machine.ask("aa", "b", "aa") == [2, 1, 2]
        assert await machine.ask("b", "aa") == [1, 2]

    assert sorted(scene(use).ran) == [1, 2]


@pytest.mark.parametrize("cache_bytes", [0, 10_000])
def test_requests_that_want_the_same_text_at_the_same_time_share_its_run(cache_bytes: int) -> None:
    async def use(machine: Machine) -> None:
        machine.gate.clear()
        asking = [asyncio.create_task(machine.ask("aa", "b" * at)) for at in (3, 4, 5)]
        await asyncio.sleep(0.05)
        machine.gate.set()
        assert [found[0] for found in await asyncio.gather(*asking)] == [2, 2, 2]

    assert sorted(scene(use, cache_bytes=cache_bytes).ran) == [2, 3, 4, 5]


def test_whoever_waits_for_a_cancelled_request_still_gets_an_answer() -> None:
    async def use(machine: Machine) -> None:
        machine.gate.clear()
        busy = asyncio.create_task(machine.ask("first"))
        await asyncio.sleep(0.05)
        leader, joiner = (asyncio.create_task(machine.ask("shared")) for _ in range(2))
        await asyncio.sleep(0.05)
        leader.cancel()
        await asyncio.sleep(0)
        machine.gate.set()
        assert await joiner == [6]
        await busy

    assert sorted(scene(use).ran) == [5, 6]


def test_a_request_that_is_given_up_does_not_run() -> None:
    async def use(machine: Machine) -> None:
        machine.gate.clear()
        busy = asyncio.create_task(machine.ask("first"))
        await asyncio.sleep(0.05)
        gone = asyncio.create_task(machine.ask("gone away"))
        await asyncio.sleep(0.05)
        gone.cancel()
        machine.gate.set()
        await asyncio.gather(busy, gone, return_exceptions=True)
        await machine.ask("x")

    assert sorted(scene(use).ran) == [1, 5]


def test_tenants_and_models_never_share_a_result() -> None:
    async def use(machine: Machine) -> None:
        for of in (ONE, scope(b"model", "other tenant"), scope(b"other model", "")):
            await machine.ask("aa", of=of)
            await machine.ask("aa", of=of)

    assert scene(use).ran == [2, 2, 2]


def test_prefix_text_and_pair_never_run_into_one_another() -> None:
    inputs = [
        Input("ab"),
        Input("b", "a"),
        Input("a", pair="b"),
        Input("", "ab"),
        Input("ab", pair=""),
        Input("b", pair="a"),
    ]
    assert len({item.key(ONE) for item in inputs}) == len(inputs)


def test_a_failed_run_is_told_to_all_who_wait_and_is_not_kept() -> None:
    async def use(machine: Machine) -> None:
        machine.fails = True
        machine.gate.clear()
        asking = [asyncio.create_task(machine.ask("aa")) for _ in range(3)]
        await asyncio.sleep(0.05)
        machine.gate.set()
        told = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(error, ModelError) for error in told)
        machine.fails = False
        assert await machine.ask("aa") == [2]

    assert scene(use).ran == [2, 2]


def test_a_refused_request_leaves_no_trace_for_others() -> None:
    async def use(machine: Machine) -> None:
        machine.gate.clear()
        first = asyncio.create_task(machine.ask("a"))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(machine.ask("bb"))
        await asyncio.sleep(0.05)
        with pytest.raises(OverloadedError):
            await machine.ask("ccc")
        machine.gate.set()
        await asyncio.gather(first, second)
        assert await machine.ask("ccc") == [3]

    scene(use, queue_limit=1)


def test_memory_stays_within_its_limit_and_keeps_what_is_used() -> None:
    async def use(machine: Machine) -> None:
        for length in range(1, 9):
            await machine.ask("x" * length)
            await machine.ask("x")
        machine.ran.clear()
        await machine.ask("x")
        await machine.ask("x" * 8)
        assert machine.ran == []
        await machine.ask("x" * 2)
        assert machine.ran == [2]

    scene(use, cache_bytes=3 * (ENTRY_BYTES + 4))


def test_results_that_wait_for_the_rest_of_their_request_count_against_the_limit() -> None:
    async def use(machine: Machine) -> None:
        machine.gate.clear()
        bulks = [
            asyncio.create_task(machine.ask(*(f"{number}" * 400 + "x" * at for at in range(4)))) for number in (1, 2)
        ]
        await asyncio.sleep(0.05)
        assert machine.results.batcher.held == 8
        with pytest.raises(OverloadedError):
            await machine.ask("one", "two", "three")
        machine.gate.set()
        await asyncio.gather(*bulks)
        assert machine.results.batcher.held == 0

    scene(use, queue_limit=10)
