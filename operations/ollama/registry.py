"""Can a model be had from its registry again? Asked from this machine, whose network may not be the server's."""

from __future__ import annotations

import requests

from operations.ollama.manifest import Manifest
from operations.ollama.names import parts

SECONDS = 5.0


def offers(model: str, manifest: Manifest, base: str | None = None) -> bool | None:
    """Whether the registry holds the same blobs under that name; None when it does not answer, or not with a manifest.

    `base` is the registry's address; by default the one that the name implies, with HTTPS.
    """
    registry, namespace, name, tag = parts(model)
    url = f"{base or f'https://{registry}'}/v2/{namespace}/{name}/manifests/{tag}"
    try:
        answer = requests.get(
            url, timeout=SECONDS, headers={"Accept": "application/vnd.docker.distribution.manifest.v2+json"}
        )
        if answer.status_code == requests.codes.not_found:
            return False
        answer.raise_for_status()
        offered = Manifest.model_validate_json(answer.content)
    except (requests.RequestException, ValueError):
        return None
    return {blob.digest for blob in offered.blobs} == {blob.digest for blob in manifest.blobs}
