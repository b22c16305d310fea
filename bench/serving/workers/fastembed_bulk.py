"""fastembed on a model folder of this machine. Arguments: model folder, threads."""

import json
import sys
import time
from pathlib import Path

from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType

NAME = "local/all-MiniLM-L6-v2"
TextEmbedding.add_custom_model(
    model=NAME, pooling=PoolingType.MEAN, normalization=True, sources=ModelSource(hf=NAME), dim=384,
    model_file="model.onnx",
)  # fmt: skip
embedding = TextEmbedding(NAME, specific_model_path=str(Path(sys.argv[1])), threads=int(sys.argv[2]))
for line in sys.stdin:
    texts = json.loads(line)["texts"]
    started, used = time.perf_counter(), time.process_time()
    vectors = list(embedding.embed(texts))
    spent = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - used}
    print(json.dumps({**spent, "vector": [float(one) for one in vectors[-1]]}), flush=True)
