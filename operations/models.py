"""Makes sure that one Ollama holds the models that an environment names. Started by `pulumi up`; see OllamaModels.

It pulls what is missing, removes nothing, and touches no model that is there. A model whose digest the settings pin
must have it. Where the registry of models cannot be reached and the specification allows it, a small model with random
weights takes the place: it answers, with nonsense. The last line on standard output says which name to use for which
model, and what digest each has; it holds no times, so it may lie in a state.
"""

from __future__ import annotations

import json
import sys
from typing import Literal

from pydantic import BaseModel, Field

from operations.failure import Failure, guarded
from operations.ollama.names import with_tag
from operations.ollama.progress import progress
from operations.ollama.pull import pull
from operations.ollama.refusals import RegistryUnreachableError
from operations.ollama.server import Ollama
from operations.ollama.verified import verified
from operations.ssh_forward import reached
from operations.stdin_spec import read_spec

RANDOM_WEIGHTS = "random-weights:latest"
# One thread: a model this small only loses time by sharing work. A limit: random text has no end of its own.
PARAMETERS = {"num_thread": 1, "num_predict": 128}
# Chat pages offer tools to every model, and Ollama refuses them to one whose template does not name them.
TEMPLATE = "{{ range .Messages }}{{ .Content }}\n{{ end }}{{ if .Tools }}\n{{ end }}"


class ModelsSpec(BaseModel):
    """What standard input holds. `deadline_seconds` bounds the whole run, downloads included.

    With `docker_host` the `url` holds on the machine behind that Docker address.
    """

    url: str
    models: list[str]
    digests: dict[str, str] = {}
    fallback: Literal["random-weights"] | None = None
    deadline_seconds: float = Field(gt=0)
    docker_host: str | None = None
    ssh_options: list[str] = []


def main() -> int:
    return guarded(lambda: apply(read_spec(ModelsSpec)))


def apply(spec: ModelsSpec) -> None:
    """Each model present, or its stand-in. Raises Failure that names the model, the cause and the next command."""
    with reached(spec.url, spec.docker_host, spec.ssh_options) as url:
        _apply(spec, Ollama(url, spec.deadline_seconds))


def _apply(spec: ModelsSpec, ollama: Ollama) -> None:
    pinned = {with_tag(model): digest for model, digest in spec.digests.items()}
    usable, digests = {}, {}
    for model in spec.models:
        name = usable[model] = ensure(ollama, with_tag(model), spec.fallback is not None)
        digests[name] = verified(ollama, name, pinned.get(name))
    print(json.dumps({"models": usable, "chat": next(iter(usable.values()), None), "digests": digests}))


def ensure(ollama: Ollama, model: str, stand_in_allowed: bool) -> str:
    """The name under which the server answers for `model`."""
    if model in ollama.held():
        print(f"{model}: present", file=sys.stderr)
        return model
    try:
        with progress(model) as show:
            pull(ollama, model, show)
    except RegistryUnreachableError as cause:
        if not stand_in_allowed:
            raise unreachable(ollama, model, cause, ", or set `fallback: random-weights`") from None
        print(f"{model}: the registry cannot be reached: {cause}", file=sys.stderr)
        return stand_in(ollama, model)
    return model


def unreachable(ollama: Ollama, model: str, cause: RegistryUnreachableError, otherwise: str = "") -> Failure:
    """The failure of a pull whose registry is out of reach."""
    remedy = f"scripts/model-pull.sh {model} -s STACK   (once the network allows it){otherwise}"
    return Failure(f"{model}: Ollama at {ollama.url} cannot reach the registry: {cause}", remedy)


def stand_in(ollama: Ollama, model: str) -> str:
    """Make the random model; one that is there already is made anew from the same bytes, which sends nothing."""
    print(f"{model}: {RANDOM_WEIGHTS} takes its place. ITS ANSWERS ARE RANDOM TEXT.", file=sys.stderr)
    from operations.ollama.random_weights import random_model  # noqa: PLC0415 - numpy, needed only here

    ollama.create(RANDOM_WEIGHTS, random_model(), PARAMETERS, TEMPLATE)
    return RANDOM_WEIGHTS


if __name__ == "__main__":
    sys.exit(main())
