"""What the error texts of an Ollama that was told to pull a model mean."""

from __future__ import annotations

import re

from operations.failure import Failure

UNKNOWN_MODEL = re.compile(r"file does not exist|model .*not found")
# Go's HTTP client starts each failure to reach a server with the verb and the URL; the numbers are a gateway's answers.
UNREACHABLE = re.compile(r'\b(?:Get|Head|Post) "|max retries exceeded|pull model manifest: (?:407|50[0234])\b')
# The server has removed a blob whose bytes differ from its name; cut downloads go on from where they are.
PASSING = re.compile(r"digest mismatch|unexpected EOF|connection reset|i/o timeout|context canceled|part stalled")


class RegistryUnreachableError(Exception):
    """The Ollama server answers, but the registry that it pulls from does not; the text is the server's own."""


class CutOffError(Exception):
    """The download broke off for a reason that another attempt may not meet; the text is the server's own."""


def refusal(model: str, error: str, url: str) -> Exception:
    """What the server's error text means; only a registry that is out of reach lets a stand-in take the place."""
    if UNKNOWN_MODEL.search(error):
        return Failure(f"there is no model named {model!r} in Ollama's registry: {error}", "https://ollama.com/library")
    if UNREACHABLE.search(error):
        return RegistryUnreachableError(error)
    if PASSING.search(error):
        return CutOffError(error)
    return Failure(f"Ollama at {url} cannot pull {model!r}: {error}", f"scripts/model-pull.sh {model} -s STACK")
