"""A GGUF file of Llama-3.2-1B's shape with random weights: speed does not depend on what they are.

Matrices are Q4_0, as is usual, and the embedding Q8_0. The tokenizer is SmolLM2's, filled up to 128,256 tokens.
"""

from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

LAYERS, WIDTH, INNER, HEADS, KV_HEADS, VOCABULARY, CONTEXT = 16, 2048, 8192, 32, 8, 128_256, 4096
HEAD = WIDTH // HEADS
_BLOCK = 32  # Values that share a scale, in both formats.


def write(path: Path, small: Path) -> None:
    """Write the file to `path`; `small` is SmolLM2's GGUF file."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Random weights of Llama-3.2-1B's shape")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(500_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(VOCABULARY)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    _add_tokenizer(writer, gguf.GGUFReader(small))
    _add_weights(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_tokenizer(writer: gguf.GGUFWriter, small: gguf.GGUFReader) -> None:
    fields = {name: field.contents() for name, field in small.fields.items() if name.startswith("tokenizer.ggml.")}
    tokens: list[str] = fields["tokenizer.ggml.tokens"]
    more = VOCABULARY - len(tokens)
    writer.add_tokenizer_model(fields["tokenizer.ggml.model"])
    writer.add_tokenizer_pre(fields.get("tokenizer.ggml.pre", "smollm"))
    writer.add_token_list(tokens + [f"unused{number}" for number in range(more)])
    writer.add_token_types(fields["tokenizer.ggml.token_type"] + [gguf.TokenType.NORMAL] * more)
    writer.add_token_merges(fields["tokenizer.ggml.merges"])
    writer.add_bos_token_id(fields["tokenizer.ggml.bos_token_id"])
    writer.add_eos_token_id(fields["tokenizer.ggml.eos_token_id"])


def _add_weights(writer: gguf.GGUFWriter) -> None:
    random = np.random.default_rng(1)
    kv = KV_HEADS * HEAD
    matrices = {"attn_q": (WIDTH, WIDTH), "attn_k": (kv, WIDTH), "attn_v": (kv, WIDTH), "attn_output": (WIDTH, WIDTH)}
    matrices |= {"ffn_gate": (INNER, WIDTH), "ffn_up": (INNER, WIDTH), "ffn_down": (WIDTH, INNER)}
    q4, q8 = gguf.GGMLQuantizationType.Q4_0, gguf.GGMLQuantizationType.Q8_0
    writer.add_tensor("token_embd.weight", _blocks(random, (VOCABULARY, WIDTH), 32, 2e-4), raw_dtype=q8)
    for layer in range(LAYERS):
        for name, shape in matrices.items():
            writer.add_tensor(f"blk.{layer}.{name}.weight", _blocks(random, shape, 16, 4e-3), raw_dtype=q4)
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", np.ones(WIDTH, np.float32))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))


def _blocks(random: np.random.Generator, shape: tuple[int, int], size: int, scale: float) -> NDArray[np.uint8]:
    """Blocks of a half-precision scale and `size` random bytes."""
    rows, columns = shape
    blocks = np.empty((rows, columns // _BLOCK, 2 + size), np.uint8)
    blocks[:, :, :2] = np.frombuffer(np.float16(scale).tobytes(), np.uint8)
    blocks[:, :, 2:] = random.integers(0, 256, (rows, columns // _BLOCK, size), np.uint8)
    return blocks.reshape(rows, -1)
