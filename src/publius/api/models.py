"""`/v1/models` and `/v1/embeddings`: what there is to ask, and vectors of texts."""

import base64
from typing import Any

import numpy as np
from litestar import Request, get, post
from litestar.params import FromPath
from msgspec import Struct

from publius.api.admission import building, may, principal_of
from publius.api.body import read
from publius.application import EMBEDDING_MODEL
from publius.errors import InvalidRequest
from publius.types import Model, Permission

EMBEDDING = Model(EMBEDDING_MODEL, False, "Vectors of 384 numbers for search; it reads the first 256 tokens of a text.")
_DIMENSIONS = 384
_MOST_TEXTS = 512
_LONGEST_TEXT = 32_000  # characters
_CHARACTERS_A_TOKEN = 4  # about, in English: the encoder does not count

Web = Request[Any, Any, Any]


class EmbeddingsRequest(Struct):
    """The fields that are read."""

    model: str
    input: str | list[str]
    encoding_format: str = "float"
    dimensions: int | None = None


@get("/v1/models", opt=may(Permission.SIGN_IN))
async def list_models(request: Web) -> dict[str, Any]:
    """The models that this caller can use."""
    return {"object": "list", "data": [_shown(model) for model in await _usable(request)]}


@get("/v1/models/{id:str}", opt=may(Permission.SIGN_IN))
async def one_model(request: Web, id: FromPath[str]) -> dict[str, Any]:
    """One of them."""
    found = next((model for model in await _usable(request) if model.id == id), None)
    return _shown(found or await building(request).policy.model(principal_of(request), id))


@post("/v1/embeddings", status_code=200, opt=may(Permission.ASK))
async def embeddings(request: Web) -> dict[str, Any]:
    """Vectors of one text or several, as numbers or as base64 of little-endian float32."""
    wanted = read(await request.body(), EmbeddingsRequest)
    app, principal = building(request), principal_of(request)
    if wanted.model != EMBEDDING.id:
        await app.policy.model(principal, wanted.model)  # not found, unless it is a model that writes
        raise InvalidRequest(f"{wanted.model} makes no vectors.", cure=f"Use {EMBEDDING.id}.", param="model")
    texts = _texts(wanted)
    await app.policy.admit(principal)
    vectors = await app.embedder.embed(texts)
    tokens = sum(len(text) // _CHARACTERS_A_TOKEN + 1 for text in texts)
    await app.policy.spend(principal, tokens)
    return {
        "object": "list",
        "model": EMBEDDING.id,
        "data": [
            {"object": "embedding", "index": at, "embedding": _encoded(vector, wanted.encoding_format)}
            for at, vector in enumerate(vectors)
        ],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


async def _usable(request: Web) -> tuple[Model, ...]:
    models = await building(request).policy.models(principal_of(request))
    return (*models, EMBEDDING) if models else ()


def _shown(model: Model) -> dict[str, Any]:
    return {
        "id": model.id,
        "object": "model",
        "created": 0,
        "owned_by": "publius",
        "publius": {"grounded": model.grounded, "description": model.description},
    }


def _texts(wanted: EmbeddingsRequest) -> list[str]:
    texts = [wanted.input] if isinstance(wanted.input, str) else wanted.input
    if not 1 <= len(texts) <= _MOST_TEXTS:
        raise InvalidRequest(f"input takes 1 to {_MOST_TEXTS} texts; it had {len(texts)}.", param="input")
    for at, text in enumerate(texts):
        if not 1 <= len(text) <= _LONGEST_TEXT:
            raise InvalidRequest(f"A text has 1 to {_LONGEST_TEXT:,} characters.", param=f"input[{at}]")
    if wanted.encoding_format not in ("float", "base64"):
        raise InvalidRequest("encoding_format is float or base64.", param="encoding_format")
    if wanted.dimensions not in (None, _DIMENSIONS):
        raise InvalidRequest(f"{EMBEDDING.id} has {_DIMENSIONS} dimensions.", param="dimensions")
    return texts


def _encoded(vector: "np.ndarray[Any, np.dtype[np.float32]]", form: str) -> list[float] | str:
    if form == "base64":
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    return [float(number) for number in vector]
