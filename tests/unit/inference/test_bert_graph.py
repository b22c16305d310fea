"""The graph that is built without torch computes what BERT computes."""

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from inference.export.bert_graph import BertGraph
from inference.export.split_attention import split_attention

from tests.unit.inference.random_bert import CONFIG, Reference, random_weights


def test_a_padded_batch_gives_what_plain_bert_gives_for_each_sequence() -> None:
    weights = random_weights()
    graph = BertGraph(CONFIG, weights).model()
    long, short = [2, 5, 9, 11, 3], [2, 7, 3]
    ids = np.array([long, [*short, 0, 0]], np.int64)
    mask = np.array([[1] * 5, [1, 1, 1, 0, 0]], np.int64)
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    reference = Reference(weights)
    for model in (graph, split_attention(graph)):
        (states,) = ort.InferenceSession(model.SerializeToString()).run(None, feed)
        assert np.allclose(states[0], reference.run(long), atol=1e-4)
        assert np.allclose(states[1, :3], reference.run(short), atol=1e-4)
