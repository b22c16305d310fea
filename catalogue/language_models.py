"""Sizes of language models, GB on disk and in memory alike (4-bit weights plus a short context).

Sources: the model library's published sizes, rounded up. A model that is not here is given in the settings'
`models.sizes_gb`.
"""

from __future__ import annotations

SIZES_GB: dict[str, float] = {
    "deepseek-coder-v2": 10.0,
    "llama3.1:8b": 6.0,
    "llama3.3:70b-instruct-q4_K_M": 40.0,
    "mistral:7b": 5.0,
    "mxbai-rerank-base-v1": 0.3,
    "nomic-embed-text": 0.5,
    "qwen2.5:0.5b": 0.5,
    "qwen2.5:32b-instruct-q4_K_M": 20.0,
    "smollm2:135m": 0.3,
}
