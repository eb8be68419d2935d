"""What a GGUF file says of itself: shape, context, special tokens, and where its tensors lie. Runs nothing.

The format is described at https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

import struct
from pathlib import Path
from typing import IO, Any

from msgspec import Struct

from publius.errors import SetupError

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_LONGEST = 1 << 24  # No honest string, array or key count comes near; a broken file may claim anything.
_CONTROL = 3
_ALIGNMENT = 32  # Bytes, unless the file names another.


class Shape:
    """What Publius needs to know of a model before it loads it."""

    def __init__(self, metadata: dict[str, Any]) -> None:
        self.architecture: str = metadata["general.architecture"]
        self.context: int = metadata[f"{self.architecture}.context_length"]
        self.layers: int = metadata[f"{self.architecture}.block_count"]
        heads: int = metadata[f"{self.architecture}.attention.head_count"]
        self.kv_heads: int = metadata.get(f"{self.architecture}.attention.head_count_kv", heads)
        self.head_size: int = metadata[f"{self.architecture}.embedding_length"] // heads
        kinds: list[int] = metadata["tokenizer.ggml.token_type"]
        self.special = frozenset(i for i, kind in enumerate(kinds) if kind == _CONTROL)


class Tensor(Struct, frozen=True):
    """One tensor: its name, its shape with rows first, GGML's number for its type, and the byte where it begins."""

    name: str
    shape: tuple[int, ...]
    kind: int
    start: int


def read_shape(path: Path) -> Shape:
    """Read the header of a GGUF file.

    Raises:
        SetupError: the file is not GGUF, is cut short, or lacks what every Llama has.
    """
    try:
        with path.open("rb") as stream:
            return Shape(_metadata(stream))
    except (struct.error, ValueError, KeyError, RecursionError) as error:
        raise SetupError(f"{path.name} is not a GGUF file that can be read: {error}.", cure="Fetch it again.") from None


def read_tensors(path: Path) -> list[Tensor]:
    """The tensors of a GGUF file that `read_shape` could read."""
    with path.open("rb") as stream:
        count, metadata = _header(stream)
        told = [_tensor(stream) for _ in range(count)]
        alignment = metadata.get("general.alignment", _ALIGNMENT)
        begin = -(-stream.tell() // alignment) * alignment
    return [Tensor(name, shape, kind, begin + offset) for name, shape, kind, offset in told]


def _tensor(stream: IO[bytes]) -> tuple[str, tuple[int, ...], int, int]:
    name, dimensions = _string(stream), _number(stream, "I")
    shape = tuple(_number(stream, "Q") for _ in range(dimensions))
    return name, shape[::-1], _number(stream, "I"), _number(stream, "Q")


def _metadata(stream: IO[bytes]) -> dict[str, Any]:
    return _header(stream)[1]


def _header(stream: IO[bytes]) -> tuple[int, dict[str, Any]]:
    """How many tensors there are, and the metadata before them."""
    if stream.read(4) != b"GGUF":
        raise ValueError("it does not begin with GGUF")
    _version, tensors = _number(stream, "I"), _bounded(stream)
    count = _bounded(stream)
    return tensors, {_string(stream): _value(stream, _number(stream, "I")) for _ in range(count)}


def _value(stream: IO[bytes], kind: int) -> Any:
    if kind == _STRING:
        return _string(stream)
    if kind == _ARRAY:
        inner, count = _number(stream, "I"), _bounded(stream)
        if inner in _NUMBERS:
            code = f"<{count}{_NUMBERS[inner]}"
            return list(struct.unpack(code, stream.read(struct.calcsize(code))))
        return [_value(stream, inner) for _ in range(count)]
    return _number(stream, _NUMBERS[kind])


def _string(stream: IO[bytes]) -> str:
    return stream.read(_bounded(stream)).decode("utf-8", "replace")


def _bounded(stream: IO[bytes]) -> int:
    count: int = _number(stream, "Q")
    if count > _LONGEST:
        raise ValueError(f"it claims a length of {count}")
    return count


def _number(stream: IO[bytes], code: str) -> Any:
    return struct.unpack(f"<{code}", stream.read(struct.calcsize(f"<{code}")))[0]
