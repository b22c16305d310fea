"""A model's ONNX graph in memory: padded batches in, one array out."""

from collections.abc import Sequence

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from numpy.typing import NDArray

from inference.models import ModelError, ModelFolder
from inference.tokens import Tokens

Floats = NDArray[np.float32]


class Graph:
    """One ONNX Runtime session on the processor; safe to call from one thread at a time."""

    def __init__(self, folder: ModelFolder, threads: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Spinning threads steal the cores that other containers of the same host need.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(str(folder.graph), options, ["CPUExecutionProvider"])
        except Exception as error:
            raise ModelError(f"cannot load {folder.graph}: {error}; fetch the model again") from error
        self._inputs = {argument.name for argument in self._session.get_inputs()}
        self._output = self._session.get_outputs()[0].name
        self._pad_id = folder.pad_id

    def run(self, batch: Sequence[Tokens]) -> Floats:
        """The graph's first output, in `batch`'s order. Raises ModelError if it is not finite."""
        shape = (len(batch), max(len(tokens.ids) for tokens in batch))
        ids = np.full(shape, self._pad_id, np.int64)
        types, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for row, tokens in enumerate(batch):
            length = len(tokens.ids)
            ids[row, :length], types[row, :length], mask[row, :length] = tokens.ids, tokens.type_ids, 1
        feed = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
        (output,) = self._session.run([self._output], {name: feed[name] for name in self._inputs})
        array = np.asarray(output, np.float32)
        if not np.isfinite(array).all():
            raise ModelError("the model gave a value that is not finite")
        return array


def normalised(vectors: Floats) -> Floats:
    """Unit length along the last axis; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
