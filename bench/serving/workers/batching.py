"""All texts waiting at once, run in one way or the other, through the same session. Arguments: models, threads."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from inference import models
from inference.batches import next_batch
from inference.embedder import Embedder
from inference.settings import Settings
from inference.tokens import Tokens

FIRST_IN = 32
settings = Settings(service="embed", port=1, models_dir=Path(sys.argv[1]), threads=int(sys.argv[2]))
embedder = Embedder(models.find(settings), settings)


def first_in(waiting: Sequence[Tokens]) -> Iterator[list[Tokens]]:
    for start in range(0, len(waiting), FIRST_IN):
        yield list(waiting[start : start + FIRST_IN])


def by_tokens(waiting: Sequence[Tokens]) -> Iterator[list[Tokens]]:
    left = list(waiting)
    while left:
        chosen = next_batch([len(item.ids) for item in left], settings.max_batch_tokens)
        yield [left[place] for place in chosen]
        taken = set(chosen)
        left = [item for place, item in enumerate(left) if place not in taken]


for line in sys.stdin:
    asked = json.loads(line)
    waiting = embedder.tokenise(embedder.inputs(asked["texts"], None))
    started, used = time.perf_counter(), time.process_time()
    for batch in (by_tokens if asked["by_tokens"] else first_in)(waiting):
        embedder.run(batch)
    tokens = sum(len(item.ids) for item in waiting)
    spent = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - used}
    print(json.dumps({**spent, "tokens": tokens}), flush=True)
