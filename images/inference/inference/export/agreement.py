"""How closely another graph of a model agrees with its plain one, as a service would use both."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np

from inference.embedder import Embedder
from inference.export.probes import probes
from inference.inputs import Floats
from inference.models import ModelFolder
from inference.rerankers import CrossEncoder
from inference.settings import Settings

FLOOR = 0.99


def measure(model: ModelFolder, settings: Settings) -> Callable[[Path], float]:
    """For a graph of the same model: the smallest cosine over the probes, or a reranker's rank correlation."""
    results, agreement = (_logits, _rank_correlation) if model.cross_encoder else (_vectors, _smallest_cosine)
    plain = results(model, settings)

    def against(graph: Path) -> float:
        return agreement(plain, results(dataclasses.replace(model, graph=graph), settings))

    return against


def _vectors(model: ModelFolder, settings: Settings) -> Floats:
    embedder = Embedder(model, settings)
    return np.concatenate([embedder.run([tokens]) for tokens in embedder.tokenise(probes(cross_encoder=False))])


def _logits(model: ModelFolder, settings: Settings) -> Floats:
    reranker = CrossEncoder(model, settings)
    return np.concatenate([reranker.run([tokens])[0] for tokens in reranker.tokenise(probes(cross_encoder=True))])


def _smallest_cosine(plain: Floats, other: Floats) -> float:
    return float((plain * other).sum(axis=1).min())


def _rank_correlation(plain: Floats, other: Floats) -> float:
    """Spearman's, over all pairs of query and passage."""
    return float(np.corrcoef(_ranks(plain), _ranks(other))[0, 1])


def _ranks(values: Floats) -> Floats:
    return values.argsort(kind="stable").argsort(kind="stable").astype(np.float32)
