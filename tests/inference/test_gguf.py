"""A weights file's header is read as data, and a broken one is refused with a sentence."""

import struct
from pathlib import Path

import pytest

from publius.errors import SetupError
from publius.inference.gguf import read_shape


def header(*pairs: tuple[str, int, bytes]) -> bytes:
    body = b"".join(struct.pack("<Q", len(k)) + k.encode() + struct.pack("<I", t) + value for k, t, value in pairs)
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(pairs)) + body


def word(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


GOOD = header(
    ("general.architecture", 8, word("llama")),
    ("llama.context_length", 4, struct.pack("<I", 4096)),
    ("llama.block_count", 4, struct.pack("<I", 2)),
    ("llama.attention.head_count", 4, struct.pack("<I", 8)),
    ("llama.attention.head_count_kv", 4, struct.pack("<I", 2)),
    ("llama.embedding_length", 4, struct.pack("<I", 512)),
    ("tokenizer.ggml.token_type", 9, struct.pack("<IQ3i", 5, 3, 1, 3, 1)),
)


def test_the_shape_is_read(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(GOOD + b"tensors")
    shape = read_shape(tmp_path / "model.gguf")
    assert (shape.context, shape.layers, shape.kv_heads, shape.head_size) == (4096, 2, 2, 64)
    assert shape.special == {1}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 a zip",
        GOOD[:60],
        header(("general.architecture", 8, struct.pack("<Q", 2**62))),
        header(("tokenizer.ggml.token_type", 9, struct.pack("<IQ", 5, 2**40))),
        header(("general.architecture", 77, b"")),
        header(("general.architecture", 8, word("llama"))),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2**63),
        header(("a", 9, struct.pack("<IQ", 9, 1) * 100_000)),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "model.gguf").write_bytes(data)
    with pytest.raises(SetupError, match="not a GGUF file"):
        read_shape(tmp_path / "model.gguf")
