"""Names of models, and where Ollama keeps the manifest of one (types/model/name.go of Ollama)."""

from __future__ import annotations

import re

from operations.failure import USAGE, Failure

REGISTRY, NAMESPACE, TAG = "registry.ollama.ai", "library", "latest"
PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
NAME = re.compile(
    rf"(?:(?:(?P<host>{PART}(?::[0-9]+)?)/)?(?P<namespace>{PART})/)?(?P<model>{PART})(?::(?P<tag>{PART}))?"
)


def with_tag(model: str) -> str:
    """Ollama's full name: without a tag it means `latest`."""
    return model if ":" in model.rpartition("/")[2] else f"{model}:{TAG}"


def parts(model: str) -> tuple[str, str, str, str]:
    """Registry, namespace, model and tag. Raises Failure for what is no name: it could lead out of a folder."""
    found = NAME.fullmatch(model)
    if found is None:
        raise Failure(
            f"{model!r} is no name of a model", "names look like llama3.1:8b or registry/owner/model:tag", USAGE
        )
    return (found["host"] or REGISTRY, found["namespace"] or NAMESPACE, found["model"], found["tag"] or TAG)


def manifest_path(model: str) -> str:
    """Place of the manifest in a folder of models."""
    return "/".join(("manifests", *parts(model)))


def blob_path(digest: str) -> str:
    """Place of a blob in a folder of models; `digest` is sha256 in hexadecimal, without a prefix."""
    return f"blobs/sha256-{digest}"
