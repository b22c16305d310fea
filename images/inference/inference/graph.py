"""A model's ONNX graph in memory: padded batches in, one array out."""

from collections.abc import Sequence

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]

from inference.batches import padded
from inference.inputs import Floats
from inference.models import ModelError, ModelFolder
from inference.settings import Settings
from inference.tokens import Tokens

CUDA = "CUDAExecutionProvider"
CPU = "CPUExecutionProvider"
CUDA_STEP = 8
"""What a card's units compute at once. On a processor the time grows with each token (measured), so none are added."""
OUTPUTS = ("last_hidden_state", "token_embeddings", "logits")


class Graph:
    """One ONNX Runtime session; `provider` names what it computes on. Runs may overlap."""

    def __init__(self, folder: ModelFolder, settings: Settings) -> None:
        options = ort.SessionOptions()
        # Callers' own threads compute too: with them the session holds no more threads than are set.
        options.intra_op_num_threads = max(1, settings.threads - settings.runs + 1)
        options.inter_op_num_threads = 1
        # Spinning threads steal the cores that other containers of the same host need.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(str(folder.graph), options, _providers(settings))
        except Exception as error:
            raise ModelError(f"cannot load {folder.graph}: {error}; fetch the model again") from error
        self.provider: str = self._session.get_providers()[0]
        if settings.device == "cuda" and self.provider != CUDA:
            raise ModelError(
                "DEVICE=cuda and the card cannot be used: see the log above; unset DEVICE for the processor"
            )
        self.step = CUDA_STEP if self.provider == CUDA else 1
        self._inputs = [argument.name for argument in self._session.get_inputs()]
        names = [argument.name for argument in self._session.get_outputs()]
        self._outputs = [next((name for name in OUTPUTS if name in names), names[0])]
        self._pad_id = folder.pad_id

    def run(self, batch: Sequence[Tokens]) -> Floats:
        """The graph's result in `batch`'s order, padding included. Raises ModelError if it is not finite."""
        shape = (len(batch), padded(max(len(tokens.ids) for tokens in batch), self.step))
        ids = np.full(shape, self._pad_id, np.int64)
        types, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for row, tokens in enumerate(batch):
            length = len(tokens.ids)
            ids[row, :length], types[row, :length], mask[row, :length] = tokens.ids, tokens.type_ids, 1
        feed = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
        (output,) = self._session.run(self._outputs, {name: feed[name] for name in self._inputs})
        array = np.asarray(output, np.float32)
        if not np.isfinite(array).all():
            raise ModelError("the model gave a value that is not finite")
        return array


def _providers(settings: Settings) -> list[str]:
    """CUDA where the installed runtime has it and it is not refused; the processor always stands behind it."""
    available = ort.get_available_providers()
    if settings.device == "cuda" and CUDA not in available:
        raise ModelError(
            f"DEVICE=cuda and this image's runtime knows only {', '.join(available)}: build it with onnxruntime-gpu, "
            "or unset DEVICE for the processor"
        )
    return [CUDA, CPU] if CUDA in available and settings.device != "cpu" else [CPU]


def normalised(vectors: Floats) -> Floats:
    """Unit length along the last axis; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
