"""A very small language model that says nothing sensible: for protocol, routing and limits where weights are missing.

Two layers of a Llama, 64 wide, over a byte-level vocabulary, weights from a fixed seed: the same bytes
on every machine, so that the same model is never sent twice. Well under a megabyte.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import gguf
import numpy as np

SEED = 20_240_601
SPREAD = 0.1
LAYERS, WIDTH, FEED_FORWARD, HEADS, CONTEXT = 2, 64, 192, 4, 8192
BEGIN, END = "<|begin|>", "<|end|>"
MERGE = ("t", "h")
SAYABLE = frozenset(" abcdefghijklmnopqrstuvwxyz")


def byte_tokens() -> list[str]:
    """The 256 printable stand-ins that byte-level BPE uses for bytes, in byte order (GPT-2's encoder table)."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


def tensors(sayable: Sequence[bool]) -> dict[str, np.ndarray]:
    """Every weight by its GGUF name, for a vocabulary of which only the sayable tokens are ever answered.

    Column 0 of the stream is a constant that no layer writes to, so a negative weight on it silences a token: answers
    would otherwise send control characters to terminals, or be empty.
    """
    source = np.random.default_rng(SEED)

    def matrix(rows: int, columns: int) -> np.ndarray:
        return source.normal(0, SPREAD, (rows, columns)).astype(np.float32)

    def writing(columns: int) -> np.ndarray:
        weights = matrix(WIDTH, columns)
        weights[0] = 0
        return weights

    norm, embedding, output = np.ones(WIDTH, np.float32), matrix(len(sayable), WIDTH), matrix(len(sayable), WIDTH)
    embedding[:, 0] = 1
    output[:, 0] = np.where(sayable, 0, -100)
    named = {"token_embd.weight": embedding, "output.weight": output, "output_norm.weight": norm}
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        named |= {f"{block}attn_{part}.weight": matrix(WIDTH, WIDTH) for part in ("q", "k", "v")}
        named |= {f"{block}attn_output.weight": writing(WIDTH), f"{block}ffn_down.weight": writing(FEED_FORWARD)}
        named |= {f"{block}ffn_{part}.weight": matrix(FEED_FORWARD, WIDTH) for part in ("gate", "up")}
        named |= {f"{block}{part}.weight": norm for part in ("attn_norm", "ffn_norm")}
    return named


def write_model(path: Path) -> None:
    """Write the GGUF file; the same bytes every time."""
    first, second = MERGE  # the loader refuses a vocabulary without any merge
    tokens = [*byte_tokens(), first + second, BEGIN, END]
    sayable = [chr(byte) in SAYABLE for byte in range(256)] + [True, False, False]
    kinds = [gguf.TokenType.NORMAL] * 257 + [gguf.TokenType.CONTROL] * 2
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("random weights")
    writer.add_block_count(LAYERS)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([f"{first} {second}"])
    writer.add_bos_token_id(tokens.index(BEGIN))
    writer.add_eos_token_id(tokens.index(END))
    for name, values in tensors(sayable).items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def random_model() -> bytes:
    """The file as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "random-weights.gguf"
        write_model(path)
        return path.read_bytes()
