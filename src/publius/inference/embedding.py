"""Sentence embeddings on this machine: MiniLM-L6 in OpenVINO, for search and for verification."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openvino  # type: ignore[import-untyped]
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from publius.errors import WeightsMissing

Vectors = NDArray[np.float32]

DIMENSIONS = 384
_WINDOW = 256  # Tokens the model reads; the rest of a text is not seen.
# Larger batches are no faster on two cores, and a question would wait for a whole batch of passages.
_BATCH = 8
# OpenVINO keeps what it prepared for each shape, by default for 5,000 of them: after a few hundred texts of all
# lengths that was 740 MB. With 16 it is 430 MB, no slower, and the same numbers.
_CONFIGURATION = {"PERFORMANCE_HINT": "LATENCY", "CPU_RUNTIME_CACHE_CAPACITY": "16"}


class Embedder:
    """Loaded at the first use. `folder` holds `model.onnx` and `tokenizer.json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: tuple[Tokenizer, openvino.InferRequest] | None = None

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), 384), float32, of length 1, in the order of the texts.

        Raises:
            WeightsMissing: the folder lacks the model.
        """
        return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> Vectors:
        vectors: Vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        if not texts:
            return vectors
        with self._lock:
            tokenizer, _ = self._load()
        encodings = tokenizer.encode_batch(texts)
        # Texts of like length together, so that little padding is computed.
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            with self._lock:  # For one batch only: a waiting question goes between two.
                vectors[rows] = self._infer([encodings[i] for i in rows])
        return vectors

    def _infer(self, encodings: list[Encoding]) -> Vectors:
        _, request = self._load()
        width = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(encodings), width), np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        request.infer({"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)})
        states: Vectors = request.get_output_tensor().data
        means = np.einsum("rtd,rt->rd", states, mask.astype(np.float32)) / mask.sum(axis=1, keepdims=True)
        vectors: Vectors = (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
        return vectors

    def _load(self) -> "tuple[Tokenizer, openvino.InferRequest]":
        if not self._loaded:
            model, table = self._folder / "model.onnx", self._folder / "tokenizer.json"
            if not (model.is_file() and table.is_file()):
                raise WeightsMissing(f"The embedding model is not on this machine: {self._folder} lacks it.")
            tokenizer = Tokenizer.from_file(str(table))
            tokenizer.no_padding()
            tokenizer.enable_truncation(_WINDOW)
            compiled = openvino.Core().compile_model(model, "CPU", _CONFIGURATION)
            self._loaded = (tokenizer, compiled.create_infer_request())
        return self._loaded
