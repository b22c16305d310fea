"""At twice what the model can do, what it can do is still done, and the rest is refused at once."""

import asyncio
import time
from collections.abc import Sequence

import numpy as np
from inference.batcher import Batcher, Limits, OverloadedError
from inference.inputs import Floats, Input, scope
from inference.memory_cache import MemoryCache
from inference.results import Results
from inference.tokens import Tokens

SECONDS = 1.5
ONE_RUN = 0.02
AT_ONCE = 8


def run(batch: Sequence[Tokens]) -> list[Floats]:
    time.sleep(ONE_RUN)
    return [np.zeros(4, np.float32)] * len(batch)


def tokenise(inputs: Sequence[Input]) -> list[Tokens]:
    return [Tokens([1] * 8, [], []) for _ in inputs]


class Load:
    """Texts that are all different, and what became of them."""

    def __init__(self) -> None:
        self.batcher = Batcher(run, Limits(batch_tokens=8 * AT_ONCE, texts=8 * AT_ONCE))
        self.results = Results(self.batcher, tokenise, MemoryCache(0), None, {})
        self.sent = self.done = self.refused = 0

    async def one(self) -> None:
        self.sent += 1
        try:
            await self.results.get([Input(str(self.sent))], scope(b"model", ""))
            self.done += 1
        except OverloadedError:
            self.refused += 1

    async def closed(self, clients: int, seconds: float) -> float:
        """Texts a second with so many clients, each asking again as soon as it has its answer."""
        end = time.perf_counter() + seconds
        before = self.done

        async def client() -> None:
            while time.perf_counter() < end:
                await self.one()

        await asyncio.gather(*(client() for _ in range(clients)))
        return (self.done - before) / seconds

    async def open(self, rate: float, seconds: float) -> float:
        """Texts a second that are answered while `rate` arrive, whatever becomes of them."""
        before, started = self.done, time.perf_counter()
        asking = set[asyncio.Task[None]]()
        while (passed := time.perf_counter() - started) < seconds:
            while len(asking) < rate * passed:
                asking.add(asyncio.create_task(self.one()))
            await asyncio.sleep(0.002)
        reached = (self.done - before) / seconds
        await asyncio.gather(*asking)
        return reached


def test_goodput_at_twice_the_maximum_stays_at_the_maximum_and_recovers() -> None:
    async def scene() -> None:
        load = Load()
        best = await load.closed(4 * AT_ONCE, SECONDS)
        assert load.refused == 0
        assert await load.open(2 * best, SECONDS) >= 0.6 * best
        assert load.refused > 0
        refused = load.refused
        await load.closed(AT_ONCE, 0.3)
        assert load.refused == refused
        await load.batcher.close()

    asyncio.run(scene())
