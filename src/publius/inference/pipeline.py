"""How OpenVINO GenAI is set up for one GGUF file: precision, threads, cache and the size of a step."""

from pathlib import Path

from openvino_genai import py_openvino_genai as genai  # type: ignore[import-untyped]

from publius.inference.gguf import Shape

BLOCK_TOKENS = 32  # The CPU plugin's key-value block.
STEP_TOKENS = 256  # Prompt tokens read in one step: small enough that running streams do not stall.
MOST_TOGETHER = 64  # Answers written in one step.


def open_pipeline(weights: Path, shape: Shape, cache_gb: float) -> genai.ContinuousBatchingPipeline:
    """Load a GGUF file. `cache_gb` is the memory for keys and values, in GB."""
    # Single precision: greedy answers stay the same whether or not the prompt was cached, and on processors
    # without AMX it is also faster than bfloat16. No CACHE_DIR: for a GGUF file it saves no time, since the
    # file is unpacked anew all the same.
    properties = {"INFERENCE_PRECISION_HINT": "f32"}
    return genai.ContinuousBatchingPipeline(str(weights), _scheduler(shape, cache_gb), "CPU", properties)


def key_value_blocks(shape: Shape, cache_gb: float) -> int:
    """Blocks of `BLOCK_TOKENS` tokens that fit into so many GB."""
    # Keys and values are kept as bytes, with about 12 bytes of scales for each head and token.
    block = BLOCK_TOKENS * shape.layers * shape.kv_heads * 2 * (shape.head_size + 12)
    return max(int(cache_gb * 1e9) // block, 2)


def _scheduler(shape: Shape, cache_gb: float) -> genai.SchedulerConfig:
    scheduler = genai.SchedulerConfig()
    scheduler.num_kv_blocks = key_value_blocks(shape, cache_gb)
    scheduler.enable_prefix_caching = True
    scheduler.dynamic_split_fuse = True
    scheduler.max_num_batched_tokens = STEP_TOKENS
    scheduler.max_num_seqs = MOST_TOGETHER
    return scheduler
