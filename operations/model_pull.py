"""One model onto the Ollamas of an environment."""

from __future__ import annotations

import sys

from operations.model_servers import ModelServer
from operations.models import unreachable
from operations.ollama.deadline import Deadline
from operations.ollama.progress import progress
from operations.ollama.pull import pull
from operations.ollama.refusals import RegistryUnreachableError
from operations.ollama.server import Ollama
from operations.ollama.verified import verified


def pull_onto(servers: list[ModelServer], model: str, deadline: Deadline, stall_seconds: float) -> None:
    """Each server in turn; prints the digest of what it then holds. Raises Failure at the first that fails.

    A model that has its pinned digest is not pulled: its registry could have another one under that name by now.
    """
    for server in servers:
        ollama = Ollama(server.url, deadline.left(server.url))
        pinned, held = server.pinned.get(model), ollama.held().get(model)
        if held is None or held.digest != pinned:
            print(f"{server.service} ({server.url}): pulling {model}", file=sys.stderr, flush=True)
            try:
                with progress(model) as show:
                    pull(ollama, model, show, stall_seconds)
            except RegistryUnreachableError as cause:
                raise unreachable(ollama, model, cause) from None
        digest = verified(ollama, model, pinned)
        print(f"{server.service}: {model} {digest} {'as pinned' if pinned else '(not pinned)'}", flush=True)
