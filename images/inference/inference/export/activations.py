"""What flows into the weights of a graph, measured on probes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort  # type: ignore[import-untyped]

from inference.export.split_attention import split_attention
from inference.inputs import Floats
from inference.tokens import Tokens

FEWEST_OUTPUTS = 16


def weighted_nodes(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """The nodes that multiply by a constant matrix; the few outputs of a classifier are left out, they cost nothing."""
    constants = model.graph.initializer
    matrices = {item.name for item in constants if len(item.dims) == 2 and item.dims[1] >= FEWEST_OUTPUTS}
    return [node for node in model.graph.node if node.op_type == "MatMul" and node.input[1] in matrices]


def channel_peaks(graph: Path, sequences: Sequence[Tokens]) -> dict[str, Floats]:
    """For each input of a weighted node the largest absolute value of each channel.

    A copy that also gives these inputs lies beside `graph` for the time of the call, so that weights in files of their
    own are found.
    """
    model = split_attention(onnx.load(graph, load_external_data=False))
    watched = sorted({node.input[0] for node in weighted_nodes(model)})
    known = {output.name for output in model.graph.output}
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in watched if name not in known)
    copy = graph.with_name(f"{graph.stem}-watched.onnx")
    try:
        onnx.save(model, copy)
        session = ort.InferenceSession(str(copy), providers=["CPUExecutionProvider"])
    finally:
        copy.unlink(missing_ok=True)
    peaks: dict[str, Floats] = {}
    for tokens in sequences:
        for name, values in zip(watched, session.run(watched, _feed(session, tokens)), strict=True):
            peak = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
            peaks[name] = np.maximum(peaks.get(name, peak), peak)
    return peaks


def _feed(session: ort.InferenceSession, tokens: Tokens) -> Mapping[str, object]:
    ids = np.array([tokens.ids], np.int64)
    types = np.array([tokens.type_ids], np.int64)
    values = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}
    return {argument.name: values[argument.name] for argument in session.get_inputs()}
