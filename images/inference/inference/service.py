"""The life of one service: loading beside a server that already answers, then running what requests need."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from inference import checksums, metrics
from inference.batcher import Batcher, Limits
from inference.graph import Graph
from inference.inputs import Floats, Input, Output, scope
from inference.memory_cache import MemoryCache
from inference.models import ModelFolder
from inference.redis_cache import RedisCache, password_in
from inference.results import Results
from inference.schemas import Health
from inference.settings import Settings
from inference.tokens import Tokens

LOG = logging.getLogger(__name__)


class Model(Protocol):
    """What the service needs of an embedder or a reranker. `numbers`: size of one result, None where it varies."""

    name: str
    dimension: int | None
    numbers: int | None
    graph: Graph

    def tokenise(self, inputs: Sequence[Input]) -> list[Tokens]: ...
    def warm_up(self) -> list[Input]: ...
    def run(self, batch: Sequence[Tokens]) -> Sequence[Floats]: ...


ModelT = TypeVar("ModelT", bound=Model)
Load = Callable[[], ModelT]


class NotReadyError(Exception):
    """The model is still loading."""


class Service(Generic[ModelT]):
    """Owns the model and its queue. `failed` is set, and `on_failure` called, when the model cannot be loaded."""

    def __init__(self, settings: Settings, folder: ModelFolder, load: Load[ModelT]) -> None:
        self.settings = settings
        self.failed = False
        self.on_failure: Callable[[], None] = lambda: None
        self._folder = folder
        self._load = load
        self._model: ModelT | None = None
        self._results: Results | None = None
        self._fingerprint = b""

    async def start(self) -> None:
        """Compares the weights with their checksums, loads the model and runs it once; ready afterwards."""
        try:
            self._fingerprint = await asyncio.to_thread(checksums.fingerprint, self._folder)
            model = await asyncio.to_thread(self._load)
            self._results = self._queue(model)
            # Past everything that is kept: a result out of Redis would prove nothing.
            await asyncio.gather(*self._results.batcher.submit(model.tokenise(model.warm_up())))
        except Exception as error:
            LOG.exception("model not loaded", extra={"model": self.settings.model, "cause": str(error)})
            self.failed = True
            self.on_failure()
            return
        self._model = model
        facts = {"model": model.name, "provider": model.graph.provider, "fingerprint": self._fingerprint.hex()[:16]}
        metrics.MODEL.info(facts)
        LOG.info("ready", extra={**facts, "threads": self.settings.threads, "runs": self.settings.runs})

    async def stop(self) -> None:
        """Ends the queue."""
        if self._results:
            await self._results.batcher.close()
            if self._results.redis:
                await self._results.redis.close()

    def health(self) -> Health:
        """What /health tells."""
        model = self._model
        failing = self._results is not None and self._results.batcher.last_run_failed
        return Health(
            status="loading" if model is None else "failing" if failing else "ok",
            service=self.settings.service,
            model=model.name if model else self.settings.model,
            model_loaded=model is not None,
            dimension=model.dimension if model else None,
        )

    def model(self) -> ModelT:
        """The loaded model. Raises NotReadyError."""
        if self._model is None:
            raise NotReadyError(f"model {self.settings.model!r} is still loading; try again in a few seconds")
        return self._model

    async def run(self, inputs: Sequence[Input], tenant: str, seconds: float | None) -> list[Output]:
        """The model's results for `inputs`, kept ones of the same tenant among them.

        Raises NotReadyError, OverloadedError (also where `seconds` will not do) or ModelError.
        """
        if self._model is None or self._results is None:
            raise NotReadyError("the queue is not open yet")
        outputs = await self._results.get(inputs, scope(self._fingerprint, tenant), seconds)
        metrics.TEXTS.inc(len(inputs))
        return outputs

    def _queue(self, model: ModelT) -> Results:
        settings = self.settings
        limits = Limits(
            batch_tokens=settings.max_batch_tokens,
            texts=settings.queue_limit,
            seconds=settings.queue_seconds,
            runs=settings.runs,
            step=model.graph.step,
        )
        batcher = Batcher(model.run, limits)
        redis = None
        if settings.cache_url and model.numbers:
            redis = RedisCache(
                settings.cache_url,
                password_in(settings.cache_password_file),
                settings.cache_seconds,
                model.numbers,
                settings.cache_redis_bytes,
            )
        return Results(batcher, model.tokenise, MemoryCache(settings.cache_bytes), redis, {})
