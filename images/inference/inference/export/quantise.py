"""Writes the quantised graph of a model and proves that it agrees with the plain one."""

from pathlib import Path

import onnx

from inference.export.activations import channel_peaks
from inference.export.agreement import FLOOR, measure
from inference.export.int8_graph import Int8Graph
from inference.export.probes import probes
from inference.export.split_attention import split_attention
from inference.models import GRAPHS, ModelError, ModelFolder
from inference.settings import Settings
from inference.tokens import Tokenizer

ONE_FILE_BYTES = 2_000_000_000
"""Above it weights lie in a file beside the graph: the format ends at 2 GiB."""


def quantise(model: ModelFolder, threads: int) -> float:
    """Writes the graph beside the plain one; returns how far both agree, see agreement.measure.

    Raises ModelError, and leaves nothing, if that is less than FLOOR: such a model is better used as it is.
    """
    settings = Settings(service="embed", port=1, threads=threads)
    sequences = Tokenizer(model, threads).encode(probes(cross_encoder=model.cross_encoder))
    peaks = channel_peaks(model.graph, sequences)
    target = model.graph.with_name(Path(GRAPHS["int8"][0]).name)
    graph = Int8Graph(split_attention(onnx.load(model.graph)), peaks).model()
    size = sum(len(constant.raw_data) for constant in graph.graph.initializer)
    onnx.save(graph, target, save_as_external_data=size > ONE_FILE_BYTES, location=f"{target.name}_data")
    found = measure(model, settings)(target)
    if found < FLOOR:
        for path in target.parent.glob(f"{target.name}*"):
            path.unlink()
        raise ModelError(f"{model.graph} loses too much in eight bits: agreement {found:.4f}, needed {FLOOR}")
    return found
