"""What a model is made of: the manifest that a server keeps and a registry offers."""

from __future__ import annotations

import json
import re

from pydantic import BaseModel, ValidationError

from operations.failure import Failure

DIGEST = re.compile("sha256:[0-9a-f]{64}")


class Blob(BaseModel):
    """A layer of a model; `digest` as the manifest writes it, with `sha256:` before it."""

    digest: str
    size: int

    @property
    def sha256(self) -> str:
        return self.digest.removeprefix("sha256:")


class Manifest(BaseModel):
    """What a model is made of."""

    config: Blob
    layers: list[Blob]

    @property
    def blobs(self) -> list[Blob]:
        """Each once, in the order of the manifest."""
        return list({blob.digest: blob for blob in (*self.layers, self.config)}.values())


def parsed(model: str, content: bytes) -> Manifest:
    """Raises Failure for what is no manifest of a model."""
    remedy = f"scripts/model-pull.sh {model} -s STACK"
    try:
        manifest = Manifest.model_validate(json.loads(content))
    except (ValueError, ValidationError) as error:
        raise Failure(f"{model}: its manifest cannot be read: {error}", remedy) from None
    strange = [blob.digest for blob in manifest.blobs if not DIGEST.fullmatch(blob.digest)]
    if strange:
        raise Failure(f"{model}: its manifest names {strange[0]!r}, which is no digest", remedy)
    return manifest
