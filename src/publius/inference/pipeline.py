"""How OpenVINO GenAI is set up for one GGUF file: precision, threads, cache and the size of a step."""

from pathlib import Path
from typing import Any

import openvino  # type: ignore[import-untyped]
from openvino_genai import py_openvino_genai as genai  # type: ignore[import-untyped]

from publius.inference import prepared, zero_points
from publius.inference.gguf import Shape

BLOCK_TOKENS = 32  # The CPU plugin's key-value block.
STEP_TOKENS = 256  # Prompt tokens read in one step: small enough that running streams do not stall.
MOST_TOGETHER = 64  # Answers written in one step.

# Single precision: greedy answers stay the same whether or not the prompt was cached, and on processors
# without AMX it is also faster than bfloat16. No CACHE_DIR: what it saves of a model with paged attention
# cannot be read again, and is compiled anew at every start (see docs/decisions/2026-11-24-engine-speed.md).
_PROPERTIES = {"INFERENCE_PRECISION_HINT": "f32"}
_SAVE = {"enable_save_ov_model": True}


def open_pipeline(weights: Path, sha256: str, shape: Shape, cache_gb: float) -> genai.ContinuousBatchingPipeline:
    """Load a GGUF file whose digest was verified. `cache_gb` is the memory for keys and values, in GB."""
    home = prepared.folder(weights, sha256)
    if prepared.usable(home) or prepared.prepare(weights, home, _write):
        return _load(home, _scheduler(key_value_blocks(shape, cache_gb)))
    return _load(weights, _scheduler(key_value_blocks(shape, cache_gb)))


def key_value_blocks(shape: Shape, cache_gb: float) -> int:
    """Blocks of `BLOCK_TOKENS` tokens that fit into so many GB."""
    # Keys and values are kept as bytes, with about 12 bytes of scales for each head and token.
    block = BLOCK_TOKENS * shape.layers * shape.kv_heads * 2 * (shape.head_size + 12)
    return max(int(cache_gb * 1e9) // block, 2)


def _load(model: Path, scheduler: genai.SchedulerConfig, **more: Any) -> genai.ContinuousBatchingPipeline:
    tokenizer = genai.Tokenizer(str(model), **more)
    return genai.ContinuousBatchingPipeline(str(model), tokenizer, scheduler, "CPU", **_PROPERTIES, **more)


def _write(weights: Path) -> None:
    """Have OpenVINO write model and tokenizer beside the weights, and read them once: a full disk cuts them short."""
    _load(weights, _scheduler(2), **_SAVE)
    path = weights.with_name("openvino_model.xml")
    model = openvino.Core().read_model(path)
    if zero_points.restore(model, weights):
        exact = path.with_name("exact.xml")
        openvino.save_model(model, exact, compress_to_fp16=False)
        del model  # It reads the file that is now replaced.
        for suffix in (".xml", ".bin"):
            exact.with_suffix(suffix).replace(path.with_suffix(suffix))
        openvino.Core().read_model(path)
    genai.Tokenizer(str(weights.parent))


def _scheduler(blocks: int) -> genai.SchedulerConfig:
    scheduler = genai.SchedulerConfig()
    scheduler.num_kv_blocks = blocks
    scheduler.enable_prefix_caching = True
    scheduler.dynamic_split_fuse = True
    scheduler.max_num_batched_tokens = STEP_TOKENS
    scheduler.max_num_seqs = MOST_TOGETHER
    return scheduler
