"""From inputs to results: kept ones, ones being computed right now, and the rest from the model."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from inference import metrics
from inference.batcher import Batcher
from inference.inputs import Floats, Input, Output
from inference.memory_cache import MemoryCache
from inference.models import ModelError
from inference.redis_cache import RedisCache
from inference.tokens import Tokens

INLINE_CHARACTERS = 4096
"""Up to here tokenising takes less time than handing it to a thread and back."""

Tokenise = Callable[[Sequence[Input]], list[Tokens]]
Flights = dict[bytes, asyncio.Future[Output]]


@dataclass(frozen=True)
class Results:
    """Never computes a text twice at the same time. `redis` is None where none is set or the model's are too large."""

    batcher: Batcher
    tokenise: Tokenise
    memory: MemoryCache
    redis: RedisCache | None
    flights: Flights

    async def get(self, inputs: Sequence[Input], scope: bytes, seconds: float | None = None) -> list[Output]:
        """Results in order. Raises OverloadedError (before any tokenising) or ModelError.

        Cancelling the call takes what nobody else waits for out of the queue.
        """
        wanted = {item.key(scope): item for item in inputs}
        keys = list(wanted) if len(wanted) == len(inputs) else [item.key(scope) for item in inputs]
        found: dict[bytes, Output] = {}
        while missing := self._missing(wanted, found):
            mine = {key: wanted[key] for key in missing if key not in self.flights}
            others = {key: self.flights[key] for key in missing if key in self.flights}
            metrics.SOURCE["merged"].inc(len(others))
            if mine:
                found |= await self._lead(mine, seconds)
            if others:
                # One that its own caller gave up is cancelled; the next round computes it here.
                await asyncio.wait(others.values())
                found |= {key: flight.result() for key, flight in others.items() if not flight.cancelled()}
        return [found[key] for key in keys]

    def _missing(self, wanted: dict[bytes, Input], found: dict[bytes, Output]) -> list[bytes]:
        held = [(key, self.memory.get(key)) for key in wanted if key not in found]
        kept = {key: output for key, output in held if output is not None}
        metrics.SOURCE["memory"].inc(len(kept))
        found |= kept
        return [key for key, output in held if output is None]

    async def _lead(self, mine: dict[bytes, Input], seconds: float | None) -> dict[bytes, Output]:
        """Computes what no other request is computing, for whoever else comes to want it."""
        loop = asyncio.get_running_loop()
        flights = {key: loop.create_future() for key in mine}
        self.flights.update(flights)
        try:
            found = await self.redis.get(list(mine)) if self.redis else {}
            metrics.SOURCE["redis"].inc(len(found))
            for key, output in found.items():
                self._land(key, output)
            rest = {key: item for key, item in mine.items() if key not in found}
            return found | (await self._compute(rest, seconds) if rest else {})
        except ModelError as error:
            for flight in flights.values():
                if not flight.done():
                    flight.set_exception(error)
                    flight.exception()  # seen: this request raises it, others may not be there
            raise
        finally:
            for key, flight in flights.items():
                flight.cancel()
                self.flights.pop(key, None)

    async def _compute(self, rest: dict[bytes, Input], seconds: float | None) -> dict[bytes, Output]:
        self.batcher.check_room(len(rest), seconds)
        self.batcher.held += len(rest)
        try:
            outputs = await self._run(rest)
        finally:
            self.batcher.held -= len(rest)
        if self.redis:
            self.redis.put(outputs)
        return outputs

    async def _run(self, rest: dict[bytes, Input]) -> dict[bytes, Output]:
        started = time.perf_counter()
        sequences = await self._tokenised(list(rest.values()))
        metrics.STAGE["tokenise"].observe(time.perf_counter() - started)
        metrics.SOURCE["model"].inc(len(rest))
        results = self.batcher.submit(sequences)
        for key, tokens, result in zip(rest, sequences, results, strict=True):
            result.add_done_callback(partial(self._arrive, key, tokens))
        pairs = zip(rest, sequences, await _all(results), strict=True)
        return {key: Output(value, len(tokens.ids), tokens.truncated) for key, tokens, value in pairs}

    async def _tokenised(self, inputs: list[Input]) -> list[Tokens]:
        if sum(len(item.text) + len(item.pair or "") for item in inputs) <= INLINE_CHARACTERS:
            return self.tokenise(inputs)
        return await asyncio.to_thread(self.tokenise, inputs)

    def _arrive(self, key: bytes, tokens: Tokens, result: "asyncio.Future[Floats]") -> None:
        if not result.cancelled() and result.exception() is None:
            # A copy: a row would keep the whole array of its batch alive.
            self._land(key, Output(result.result().copy(), len(tokens.ids), tokens.truncated))

    def _land(self, key: bytes, output: Output) -> None:
        self.memory.put(key, output)
        flight = self.flights.get(key)
        if flight is not None and not flight.done():
            flight.set_result(output)


async def _all(results: "list[asyncio.Future[Floats]]") -> list[Floats]:
    """All values, or the first failure; a cancelled call cancels every one that is not done."""
    if len(results) == 1:
        return [await results[0]]
    return list(await asyncio.gather(*results))
