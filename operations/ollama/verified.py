"""Is the model on the server the one that is meant, as far as its HTTP API can tell?"""

from __future__ import annotations

from operations.failure import Failure
from operations.ollama.server import Ollama


def verified(ollama: Ollama, model: str, pinned: str | None) -> str:
    """The digest of the model's manifest. Removes nothing.

    Raises Failure unless the server lists the model, can read it, and its digest is the pinned one, if there is one.
    """
    held = ollama.held().get(model)
    if held is None:
        raise Failure(
            f"{model}: pulled, yet Ollama at {ollama.url} does not list it", f"scripts/model-pull.sh {model} -s STACK"
        )
    ollama.show(model)
    if pinned is not None and held.digest != pinned:
        raise Failure(
            f"{model}: Ollama at {ollama.url} holds another model than the one that is pinned (nothing was removed):\n"
            f"    pinned {pinned}\n    found  {held.digest}",
            "if the one found is meant, set `models.digests` to it; if not, this takes what the registry has now: "
            f"scripts/model-pull.sh {model} -s STACK",
        )
    return held.digest
