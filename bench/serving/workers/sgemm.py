"""What this processor multiplies at most in single precision, by OpenBLAS with OPENBLAS_NUM_THREADS threads."""

import json
import sys
import time

import numpy as np

SIZE, SECONDS = 1536, 1.0
left = np.random.default_rng(1).normal(size=(SIZE, SIZE)).astype(np.float32)
right, product = left.T.copy(), np.empty_like(left)
for _ in sys.stdin:
    runs, started, used = 0, time.perf_counter(), time.process_time()
    while (passed := time.perf_counter() - started) < SECONDS:
        np.matmul(left, right, out=product)
        runs += 1
    gigaflop = 2e-9 * SIZE**3 * runs
    found = {"gflops": gigaflop / passed, "gflops_of_cpu": gigaflop / (time.process_time() - used)}
    print(json.dumps(found), flush=True)
