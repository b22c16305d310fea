"""What this processor multiplies at most in single precision, by OpenBLAS with OPENBLAS_NUM_THREADS threads."""

import json
import sys
import time

import numpy as np

SIZE, SECONDS = 1536, 1.0
left = np.random.default_rng(1).normal(size=(SIZE, SIZE)).astype(np.float32)
right, product = left.T.copy(), np.empty_like(left)
for _ in sys.stdin:
    runs, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < SECONDS:
        np.matmul(left, right, out=product)
        runs += 1
    print(json.dumps({"gflops": 2e-9 * SIZE**3 * runs / passed}), flush=True)
