"""CrossEncoder of sentence-transformers on ONNX Runtime. Arguments: model folder, threads."""

import json
import sys
import time

import onnxruntime as ort  # type: ignore[import-untyped]
from sentence_transformers import CrossEncoder

options = ort.SessionOptions()
options.intra_op_num_threads = int(sys.argv[2])
model = CrossEncoder(
    sys.argv[1], backend="onnx", local_files_only=True,
    model_kwargs={"file_name": "model.onnx", "provider": "CPUExecutionProvider", "session_options": options,
                  "export": False},
)  # fmt: skip
for line in sys.stdin:
    asked = json.loads(line)
    pairs = [(asked["query"], document) for document in asked["documents"]]
    started, used = time.perf_counter(), time.process_time()
    scores = model.predict(pairs, show_progress_bar=False)
    spent = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - used}
    print(json.dumps({**spent, "scores": [float(score) for score in scores]}), flush=True)
