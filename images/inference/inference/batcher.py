"""The queue between requests and the model: bounded, and batched across requests without any added delay."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from inference import metrics
from inference.batches import plan_batches
from inference.graph import Floats
from inference.models import ModelError
from inference.tokens import Tokens

Run = Callable[[Sequence[Tokens]], list[Floats]]
WINDOW = 128
"""Sequences looked at together: enough to sort by length, few enough that nobody waits long behind them."""


class OverloadedError(Exception):
    """The queue is full; the caller may try again after a pause."""


@dataclass(frozen=True)
class _Waiting:
    tokens: Tokens
    result: "asyncio.Future[Floats]"


class Batcher:
    """Runs the model in one thread; whatever arrives during a run is batched for the next one."""

    def __init__(self, run: Run, *, max_batch_tokens: int, queue_limit: int) -> None:
        self._run = run
        self._budget = max_batch_tokens
        self._limit = queue_limit
        self._queue: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")
        self._worker = asyncio.create_task(self._work())
        self.last_run_failed = False

    def check_room(self, count: int) -> None:
        """Raises OverloadedError if `count` more texts do not fit; an empty queue takes any one request."""
        if self._queue and len(self._queue) + count > self._limit:
            metrics.REJECTED.inc()
            raise OverloadedError(f"{len(self._queue)} texts are waiting already and the limit is {self._limit}")

    async def submit(self, sequences: Sequence[Tokens]) -> list[Floats]:
        """The model's results in order. Cancelling the call takes what has not run yet out of the queue.

        Raises OverloadedError, or what the model raised.
        """
        self.check_room(len(sequences))
        loop = asyncio.get_running_loop()
        waiting = [_Waiting(tokens, loop.create_future()) for tokens in sequences]
        self._queue.extend(waiting)
        metrics.WAITING.set(len(self._queue))
        self._arrived.set()
        return list(await asyncio.gather(*(item.result for item in waiting)))

    async def close(self) -> None:
        """Ends the worker; callers still waiting are cancelled."""
        self._worker.cancel()
        await asyncio.gather(self._worker, return_exceptions=True)
        for item in self._queue:
            item.result.cancel()
        self._thread.shutdown(wait=False)

    async def _work(self) -> None:
        while True:
            await self._arrived.wait()
            window = list(islice(self._queue, WINDOW))
            for _ in window:
                self._queue.popleft()
            if not self._queue:
                self._arrived.clear()
            metrics.WAITING.set(len(self._queue))
            for batch in plan_batches([len(item.tokens.ids) for item in window], self._budget):
                await self._run_batch([window[index] for index in batch if not window[index].result.done()])

    async def _run_batch(self, batch: list[_Waiting]) -> None:
        if not batch:
            return
        sequences = [item.tokens for item in batch]
        metrics.BATCH_TOKENS.observe(sum(len(tokens.ids) for tokens in sequences))
        loop = asyncio.get_running_loop()
        try:
            outputs = await loop.run_in_executor(self._thread, self._run, sequences)
        except Exception as error:  # noqa: BLE001 - whatever the runtime raises belongs to the callers, not to us
            self.last_run_failed = True
            failure = error if isinstance(error, ModelError) else ModelError(f"{type(error).__name__}: {error}")
            for item in batch:
                if not item.result.done():
                    item.result.set_exception(failure)
            return
        self.last_run_failed = False
        for item, output in zip(batch, outputs, strict=True):
            if not item.result.done():
                item.result.set_result(output)
