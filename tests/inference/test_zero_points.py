"""The weights that the embedded engine computes with are those of the GGUF file, as `gguf` dequantises them."""

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import openvino
import pytest
from numpy.typing import NDArray

from publius.inference.catalog import CatalogModel
from publius.inference.gguf import read_shape, read_tensors
from publius.inference.pipeline import open_pipeline
from publius.inference.prepared import folder

WIDTH, HEADS, KV_HEADS = 256, 4, 2

pytestmark = pytest.mark.model


@pytest.fixture
def weights(store: Path, small: CatalogModel) -> Path:
    return store / "models" / small.name / "model.gguf"


def compressed(model: Any) -> list[NDArray[np.float32]]:
    """Every matrix that the model keeps in whole numbers, as it is computed with: rows by columns."""
    wanted = [node.output(0) for node in model.get_ordered_ops() if is_scaled(node)]
    run = openvino.Core().compile_model(openvino.Model(wanted, [], "all"), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return [np.asarray(array, np.float32).reshape(array.shape[0], -1) for array in run([]).values()]


def is_scaled(node: Any) -> bool:
    if node.get_type_name() != "Multiply":
        return False
    left, scale = (each.get_source_output().get_node().get_type_name() for each in node.inputs())
    return (left, scale) == ("Subtract", "Constant")


def off(made: list[NDArray[np.float32]], true: dict[str, NDArray[np.float32]], head: int) -> dict[str, float]:
    """How far each matrix is from the nearest made one of its shape, as a share of its own size."""
    far = {}
    for name, matrix in true.items():
        orders = [matrix]
        if "attn_q" in name or "attn_k" in name:
            pairs = np.arange(len(matrix)).reshape(-1, head // 2, 2).swapaxes(1, 2).reshape(-1)
            orders.append(matrix[pairs])
        alike = [one for one in made if one.shape == matrix.shape]
        far[name] = min(float(np.abs(one - order).max() / np.abs(order).max()) for one in alike for order in orders)
    return far


def dequantised(path: Path) -> dict[str, NDArray[np.float32]]:
    tensors = gguf.GGUFReader(path).tensors
    quantised = [t for t in tensors if t.tensor_type.name.startswith("Q")]
    return {t.name: gguf.dequantize(t.data, t.tensor_type).astype(np.float32) for t in quantised}


def prepared_model(weights: Path) -> Any:
    open_pipeline(weights, "d" * 64, read_shape(weights), 0.01)
    return openvino.Core().read_model(folder(weights, "d" * 64) / "openvino_model.xml")


def test_the_model_that_comes_with_publius(weights: Path, tmp_path: Path) -> None:
    mine = tmp_path / "model.gguf"
    mine.symlink_to(weights)
    true = {name: matrix for name, matrix in dequantised(weights).items() if name.startswith(("blk.0.", "blk.29."))}
    far = off(compressed(prepared_model(mine)), true, read_shape(weights).head_size)
    assert len(far) == 14
    assert max(far.values()) < 0.001


def test_q4_k(weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    write_q4_k(path, weights)
    far = off(compressed(prepared_model(path)), dequantised(path), WIDTH // HEADS)
    assert len(far) == 7
    assert max(far.values()) < 0.001


def test_tensors_lie_where_gguf_finds_them(weights: Path) -> None:
    found = {tensor.name: tensor for tensor in read_tensors(weights)}
    for tensor in gguf.GGUFReader(weights).tensors:
        mine = found.pop(tensor.name)
        assert (mine.start, mine.kind) == (tensor.data_offset, int(tensor.tensor_type))
        assert mine.shape == tuple(int(side) for side in tensor.shape)[::-1]
    assert not found


def write_q4_k(path: Path, small: Path) -> None:
    """One layer of random Q4_K blocks, with the small model's tokenizer."""
    fields = {name: field.contents() for name, field in gguf.GGUFReader(small).fields.items()}
    random = np.random.default_rng(1)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(512)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_K_M)
    tokens = fields["tokenizer.ggml.tokens"]
    writer.add_tokenizer_model(fields["tokenizer.ggml.model"])
    writer.add_tokenizer_pre(fields.get("tokenizer.ggml.pre", "smollm"))
    writer.add_token_list(tokens)
    writer.add_token_types(fields["tokenizer.ggml.token_type"])
    writer.add_token_merges(fields["tokenizer.ggml.merges"])
    writer.add_bos_token_id(fields["tokenizer.ggml.bos_token_id"])
    writer.add_eos_token_id(fields["tokenizer.ggml.eos_token_id"])
    kind = gguf.GGMLQuantizationType.Q4_K
    shapes = dict.fromkeys(("attn_q", "attn_output", "ffn_gate", "ffn_up", "ffn_down"), WIDTH)
    shapes |= dict.fromkeys(("attn_k", "attn_v"), WIDTH // HEADS * KV_HEADS)
    writer.add_tensor("token_embd.weight", random.standard_normal((len(tokens), WIDTH)).astype(np.float16))
    for name, rows in shapes.items():
        writer.add_tensor(f"blk.0.{name}.weight", q4_k(random, rows), raw_dtype=kind)
    for name in ("blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def q4_k(random: np.random.Generator, rows: int) -> NDArray[np.uint8]:
    blocks = random.integers(0, 256, (rows, WIDTH // 256, 144), np.uint8)
    blocks[:, :, :4] = np.frombuffer(np.array([1e-3, 1e-3], np.float16).tobytes(), np.uint8)
    blocks[:, :, 4:8] |= 8  # No scale is nought: OpenVINO's form cannot say a block of equal weights.
    blocks[:, :, 12:16] |= 8
    return blocks.reshape(rows, -1)
