"""The queue between requests and the model: bounded, fair, and batched across requests without any added delay."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from inference import metrics
from inference.batches import next_batch, padded
from inference.inputs import Floats
from inference.models import ModelError
from inference.pace import Pace
from inference.tokens import Tokens

Run = Callable[[Sequence[Tokens]], Sequence[Floats]]
Result = asyncio.Future[Floats]
WINDOW = 128
"""Sequences looked at together: enough to find neighbours in length, few enough to sort in no time."""


class OverloadedError(Exception):
    """The service has more work than it can do in time; the caller may try again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Limits:
    """`batch_tokens` counts padding, to a whole number of `step`s; `seconds` is the longest expected wait."""

    batch_tokens: int
    texts: int
    seconds: float = 10.0
    runs: int = 1
    step: int = 1


@dataclass(frozen=True)
class _Waiting:
    """`turn` is the number of tokens that fair sharing lets others have before this sequence."""

    turn: int
    tokens: Tokens
    result: Result
    since: float


class Batcher:
    """Runs the model in `runs` threads; whatever arrives during a run is batched for the next one.

    Requests take turns by tokens (start-time fair queueing), so a short text never waits for the whole of a long
    request that came before it.
    """

    def __init__(self, run: Run, limits: Limits) -> None:
        self._run = run
        self._limits = limits
        self._idle = limits.runs
        self._waiting: list[_Waiting] = []
        self._turn = 0
        self._pace = Pace(limits.runs)
        self._scheduled = False
        self._loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(limits.runs, thread_name_prefix="model")
        self.last_run_failed = False
        self.held = 0
        """Texts of requests that are not answered yet, done ones included: their results take memory until then."""

    def check_room(self, count: int, seconds: float | None = None) -> None:
        """Raises OverloadedError unless `count` more texts fit and may be done within `seconds`.

        An empty queue takes any one request.
        """
        limits = self._limits
        if len(self._waiting) + count > limits.texts:
            self._forget_cancelled()
        if not self._waiting and self.held <= limits.texts:
            return
        texts = max(len(self._waiting), self.held)
        wait = self._pace.seconds()
        if texts + count > limits.texts or wait > min(limits.seconds, seconds or limits.seconds):
            metrics.REJECTED.inc()
            told = f"{texts} texts are in work already, the last of them for about {wait:.1f} s"
            raise OverloadedError(
                f"{told}; the limits are {limits.texts} texts and {limits.seconds:g} s", int(wait) + 1
            )

    def submit(self, sequences: Sequence[Tokens]) -> list[Result]:
        """The model's results in order, to be awaited. One that is cancelled before its turn never runs."""
        turn, now, results = self._turn, time.perf_counter(), []
        for tokens in sequences:
            item = _Waiting(turn, tokens, self._loop.create_future(), now)
            turn += len(tokens.ids)
            self._waiting.append(item)
            results.append(item.result)
        self._pace.arrived(turn - self._turn)
        # Sorting is stable and what waits is in order already, so this is one pass over the queue.
        self._waiting.sort(key=lambda item: item.turn)
        metrics.WAITING.set(len(self._waiting))
        self._schedule()
        return results

    async def close(self) -> None:
        """Ends the queue; callers still waiting are cancelled."""
        for item in self._waiting:
            item.result.cancel()
        self._waiting.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _schedule(self) -> None:
        """Starts runs after this turn of the event loop, so that requests arriving together share one."""
        if self._waiting and self._idle and not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._start)

    def _start(self) -> None:
        self._scheduled = False
        while self._idle and self._waiting:
            batch = self._next()
            if batch:
                self._idle -= 1
                self._threads.submit(self._in_thread, batch)
        metrics.WAITING.set(len(self._waiting))

    def _next(self) -> list[_Waiting]:
        """Takes the next batch out of the queue, and with it whatever nobody waits for any more."""
        window, self._waiting = self._waiting[:WINDOW], self._waiting[WINDOW:]
        wanted = self._wanted(window)
        if not wanted:
            return []
        chosen = next_batch([len(item.tokens.ids) for item in wanted], self._limits.batch_tokens, self._limits.step)
        taken = set(chosen)
        self._waiting[:0] = [item for place, item in enumerate(wanted) if place not in taken]
        self._turn = max(self._turn, wanted[0].turn)
        return [wanted[place] for place in chosen]

    def _forget_cancelled(self) -> None:
        self._waiting = self._wanted(self._waiting)

    def _wanted(self, items: list[_Waiting]) -> list[_Waiting]:
        self._pace.left(sum(len(item.tokens.ids) for item in items if item.result.done()))
        return [item for item in items if not item.result.done()]

    def _in_thread(self, batch: list[_Waiting]) -> None:
        started = time.perf_counter()
        sequences = [item.tokens for item in batch]
        outputs: Sequence[Floats] | ModelError
        try:
            outputs = self._run(sequences)
        except Exception as error:  # noqa: BLE001 - whatever the runtime raises belongs to the callers, not to us
            outputs = error if isinstance(error, ModelError) else ModelError(f"{type(error).__name__}: {error}")
        ended = time.perf_counter()
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._finish, batch, outputs, started, ended)

    def _finish(
        self, batch: list[_Waiting], outputs: Sequence[Floats] | ModelError, started: float, ended: float
    ) -> None:
        self._idle += 1
        self._schedule()
        failure = outputs if isinstance(outputs, ModelError) else None
        self.last_run_failed = failure is not None
        lengths = [len(item.tokens.ids) for item in batch]
        self._pace.ran(sum(lengths), ended - started)
        metrics.observe_run(lengths, padded(max(lengths), self._limits.step), ended - started)
        for place, item in enumerate(batch):
            metrics.STAGE["queue"].observe(started - item.since)
            if item.result.done():
                continue
            if isinstance(outputs, ModelError):
                item.result.set_exception(outputs)
            else:
                item.result.set_result(outputs[place])
