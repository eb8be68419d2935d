"""Zero points as a GGUF file has them, where OpenVINO GenAI rounds them to whole numbers.

A block of Q4_1 or Q4_K holds `scale * q - minimum`. OpenVINO GenAI 2026.4 reads it as `scale * (q - zero)` with a
`zero` of four bits, so that every weight of the block may be off by half a step; what Llama writes then differs from
what its weights say (docs/decisions/2026-11-25-log-probabilities.md). Types without a minimum lose nothing. A block
whose scale is nought stays as OpenVINO has it, since its form cannot say it.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import openvino  # type: ignore[import-untyped]
from openvino import opset8 as ops

from publius.inference.gguf import Tensor, read_shape, read_tensors

GROUP = 32  # weights that share a scale and a minimum
_MOST = float(np.finfo(np.float16).max)

Halves = tuple[np.ndarray, np.ndarray]  # q (groups, 32) of whole numbers from 0 to 15, and minimum (groups,)


def restore(model: Any, weights: Path) -> int:
    """Put the exact zero points of a GGUF file into the model that OpenVINO made of it; how many matrices had them.

    A matrix is known by its whole numbers, which OpenVINO keeps as they are; so no name and no order is relied on.
    """
    minima = dict(_minima(weights))
    restored = 0
    for subtract in model.get_ordered_ops():
        if subtract.get_type_name() != "Subtract" or (parts := _parts(subtract)) is None:
            continue
        whole, rounded, scale = parts
        minimum = minima.get(_key(whole.data))
        if minimum is None:
            continue
        steps = scale.data.astype(np.float32).reshape(-1)
        zero = np.divide(minimum, steps, out=np.zeros_like(steps), where=steps != 0)
        exact = ops.constant(zero.clip(-_MOST, _MOST).astype(np.float16).reshape(list(rounded.shape)))
        subtract.input(1).replace_source_output(exact.output(0))
        restored += 1
    return restored


def _parts(subtract: Any) -> tuple[Any, Any, Any] | None:
    """The constants of `(q - zero) * scale`, where `q` and `zero` have four bits each."""
    halves = [each.get_source_output().get_node() for each in subtract.inputs()]
    if not all(half.get_type_name() == "Convert" for half in halves):
        return None
    whole, zero = (half.input(0).get_source_output().get_node() for half in halves)
    if whole.get_element_type() != openvino.Type.u4 or zero.get_element_type() != openvino.Type.u4:
        return None
    multiply = next(iter(subtract.output(0).get_target_inputs())).get_node()
    scale = next(each.get_source_output().get_node() for each in multiply.inputs() if each.get_index() == 1)
    return (whole, zero, scale) if scale.get_type_name() == "Constant" else None


def _minima(weights: Path) -> Iterator[tuple[bytes, np.ndarray]]:
    """The minimum of each group of each matrix, by what the matrix is known by, for both orders of its rows."""
    shape = read_shape(weights)
    for tensor in read_tensors(weights):
        if (read := _READERS.get(tensor.kind)) is None:
            continue
        whole, minimum = read(_blocks(weights, tensor, *_BLOCK[tensor.kind]))
        rows = tensor.shape[0]
        yield _key(_packed(whole)), minimum
        # OpenVINO turns the pairs of a head, as Llama's GGUF has them in queries and keys, into its two halves.
        if tensor.name.endswith(("attn_q.weight", "attn_k.weight")):
            order = np.arange(rows).reshape(-1, shape.head_size // 2, 2).swapaxes(1, 2).reshape(-1)
            yield (
                _key(_packed(whole.reshape(rows, -1, GROUP)[order].reshape(-1, GROUP))),
                minimum.reshape(rows, -1)[order].reshape(-1),
            )


def _blocks(weights: Path, tensor: Tensor, count: int, size: int) -> np.ndarray:
    """The tensor's blocks of `count` weights and `size` bytes, as bytes (blocks, size)."""
    blocks = int(np.prod(tensor.shape)) // count
    return np.memmap(weights, np.uint8, "r", tensor.start, (blocks, size))


def _q4_1(blocks: np.ndarray) -> Halves:
    """Of each block of 32: scale and minimum in half precision, then 16 bytes, each of `q[i]` and `q[i + 16]`."""
    minimum = blocks[:, 2:4].copy().view(np.float16).astype(np.float32)
    return np.concatenate([blocks[:, 4:] & 15, blocks[:, 4:] >> 4], 1), -minimum.reshape(-1)


def _q4_k(blocks: np.ndarray) -> Halves:
    """Of each block of 256: what scales and minima are multiplied by, eight of each in six bits, then the halves.

    The layout is that of `block_q4_K` in https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h.
    """
    factor = blocks[:, 2:4].copy().view(np.float16).astype(np.float32)
    middle, high = blocks[:, 8:12], blocks[:, 12:16]
    six = np.concatenate([middle & 63, (high >> 4) | ((middle >> 6) << 4)], 1)
    halves = blocks[:, 16:].reshape(-1, 4, 1, GROUP)
    whole = np.concatenate([halves & 15, halves >> 4], 2).reshape(-1, GROUP)
    return whole, (factor * six).reshape(-1)


def _packed(whole: np.ndarray) -> np.ndarray:
    """Two whole numbers a byte, the first in its lower half, as OpenVINO keeps them."""
    packed: np.ndarray = whole[:, 0::2] | (whole[:, 1::2] << 4)
    return packed


def _key(packed: np.ndarray) -> bytes:
    return sha256(np.ascontiguousarray(packed).tobytes()).digest()


_BLOCK = {3: (32, 20), 12: (256, 144)}  # GGML's number of a type: weights and bytes of a block
_READERS: dict[int, Callable[[np.ndarray], Halves]] = {3: _q4_1, 12: _q4_k}
