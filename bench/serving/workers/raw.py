"""Tokenise and run, and nothing else: what no server can be faster than. Arguments: model folder, threads."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from tokenizers import Tokenizer

folder, threads = Path(sys.argv[1]), int(sys.argv[2])
options = ort.SessionOptions()
options.intra_op_num_threads = threads
options.add_session_config_entry("session.intra_op.allow_spinning", "0")
session = ort.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
tokenizer.no_padding()
tokenizer.no_truncation()


def vector(text: str) -> Any:
    ids = np.array([tokenizer.encode(text).ids])
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    mean = session.run(None, feed)[0][0].mean(axis=0)
    return mean / np.linalg.norm(mean)


for line in sys.stdin:
    seconds = []
    for text in json.loads(line)["texts"]:
        started = time.perf_counter()
        found = vector(text)
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"seconds": seconds, "vector": found.tolist()}), flush=True)
