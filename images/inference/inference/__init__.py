"""Embedding and reranking over HTTP on ONNX Runtime: two services, one image, one command each."""

import os

# ONNX Runtime 1.29 and later reports to its makers unless this is set before it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
