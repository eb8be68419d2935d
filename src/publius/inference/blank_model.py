"""A language model that computes nothing: it has a vocabulary and gives all of it the same chance.

`compiling.py` asks it for one token, for the sake of what the library does around the model.
"""

from pathlib import Path

import numpy as np
import openvino  # type: ignore[import-untyped]
from openvino import opset13 as ops
from openvino.op.util import Variable, VariableInfo  # type: ignore[import-untyped]


def write(folder: Path, words: int) -> None:
    """Write one with so many tokens as `openvino_model.xml`, in the form that the library expects of models."""
    ids, mask, positions = (
        _named(ops.parameter([-1, -1], np.int64), name) for name in ("input_ids", "attention_mask", "position_ids")
    )
    beams = _named(ops.parameter([-1], np.int32), "beam_idx")
    shape, one = ops.shape_of(ids, "i64"), np.array([1], np.int64)
    # The library refuses a model that does not use its inputs, or keeps no state that grows with what was read.
    nothing = ops.multiply(ops.add(_sum(mask), _sum(positions)), np.float32(0))
    logits = ops.add(ops.broadcast(np.float32(0), ops.concat([shape, np.array([words], np.int64)], 0)), nothing)
    many = ops.shape_of(beams, "i64")
    kept = VariableInfo()
    kept.data_shape, kept.data_type = openvino.PartialShape([-1, 1, -1, 1]), openvino.Type.f32
    kept.variable_id = "past_key_values.0.keypresent.0.key"
    variable = Variable(kept)
    empty = ops.broadcast(np.float32(0), ops.concat([many, np.array([1, 0, 1], np.int64)], 0))
    before = ops.gather(openvino.opset6.read_value(empty, variable), beams, np.int64(0))
    length = ops.gather(shape, one, np.int64(0))
    more = ops.broadcast(np.float32(0), ops.concat([many, one, length, one], 0))
    grown = openvino.opset6.assign(ops.concat([before, more], 2), variable)
    result = ops.result(_named(logits, "logits"))
    openvino.save_model(openvino.Model([result], [grown], [ids, mask, positions, beams]), folder / "openvino_model.xml")


def _named(node: openvino.Node, name: str) -> openvino.Node:
    node.output(0).get_tensor().set_names({name})
    return node


def _sum(node: openvino.Node) -> openvino.Node:
    return ops.reduce_sum(ops.convert(node, "f32"), np.array([0, 1], np.int64), keep_dims=False)
