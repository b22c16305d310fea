"""One service's life: load the model in the background, prove it works, run requests through the queue."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from inference import metrics
from inference.batcher import Batcher
from inference.graph import Floats
from inference.schemas import Health
from inference.settings import Settings
from inference.tokens import Tokens

LOG = logging.getLogger(__name__)


class Model(Protocol):
    """What the service needs of an embedder or a reranker."""

    name: str
    dimension: int | None

    def warm_up(self) -> list[Tokens]: ...
    def run(self, batch: Sequence[Tokens]) -> list[Floats]: ...


ModelT = TypeVar("ModelT", bound=Model)


class NotReadyError(Exception):
    """The model is still loading."""


class Service(Generic[ModelT]):
    """Owns the model and its queue. `failed` is set, and `on_failure` called, when the model cannot be loaded."""

    def __init__(self, settings: Settings, load: Callable[[], ModelT]) -> None:
        self.settings = settings
        self.failed = False
        self.on_failure: Callable[[], None] = lambda: None
        self._load = load
        self._model: ModelT | None = None
        self._batcher: Batcher | None = None

    async def start(self) -> None:
        """Loads the model and runs it once; ready afterwards."""
        try:
            model = await asyncio.to_thread(self._load)
            self._batcher = Batcher(
                model.run,
                max_batch_tokens=self.settings.max_batch_tokens,
                queue_limit=self.settings.queue_limit,
            )
            await self._batcher.submit(model.warm_up())
        except Exception as error:
            LOG.exception("model not loaded", extra={"model": self.settings.model, "cause": str(error)})
            self.failed = True
            self.on_failure()
            return
        self._model = model
        LOG.info("ready", extra={"model": model.name, "threads": self.settings.threads})

    async def stop(self) -> None:
        """Ends the queue."""
        if self._batcher:
            await self._batcher.close()

    def health(self) -> Health:
        """What /health tells."""
        model = self._model
        failing = self._batcher is not None and self._batcher.last_run_failed
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

    async def run(self, count: int, prepare: Callable[[ModelT], list[Tokens]]) -> tuple[list[Floats], int]:
        """Results for what `prepare` tokenises out of `count` texts, and the number of tokens read.

        Raises NotReadyError, OverloadedError (before any tokenising) or ModelError.
        """
        model = self.model()
        if self._batcher is None:
            raise NotReadyError("the queue is not open yet")
        self._batcher.check_room(count)
        sequences = await asyncio.to_thread(prepare, model)
        outputs = await self._batcher.submit(sequences)
        tokens = sum(len(sequence.ids) for sequence in sequences)
        metrics.TEXTS.inc(count)
        metrics.TOKENS_READ.inc(tokens)
        return outputs, tokens
