"""A file of a Hugging Face repository that no catalog names yet: what it must be, and its entry for a catalog."""

from pathlib import Path

import msgspec

from publius.errors import InvalidRequest
from publius.inference.catalog import CatalogModel, WeightsFile
from publius.inference.gguf import read_shape
from publius.inference.weights import folder

_HOW = "publius models fetch 'hf:OWNER/REPO@REVISION!FILE.gguf' --sha256 HEX --size BYTES"


def described(sources: list[str], sha256: str, size: int, template: str) -> CatalogModel:
    """The model that one source, its digest and its size describe; it is named after its file.

    Raises:
        InvalidRequest: something is missing or impossible. Without a digest from elsewhere a file proves nothing.
    """
    if len(sources) > 1:
        raise InvalidRequest("One hf: file is fetched at a time.", cure=_HOW)
    if not sha256 or not size:
        raise InvalidRequest(
            "An hf: file needs its SHA-256 and its size, so that nothing else can come in its place.",
            cure=f"Both stand on the file's page in the repository: {_HOW}",
        )
    name = sources[0].rpartition("!")[2].rpartition("/")[2].removesuffix(".gguf").lower()
    told = {
        "name": name,
        "kind": "chat",
        "licence": "see its repository",
        "origin": sources[0],
        "context": 1,  # What it truly is stands in the file.
        "template": template,
        "file": [{"name": "model.gguf", "source": sources[0], "sha256": sha256.lower(), "size": size}],
    }
    try:
        return msgspec.convert(told, CatalogModel)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"That is no file to fetch: {error}.", cure=_HOW) from None


def entry(models: Path, model: CatalogModel) -> str:
    """What a catalog of one's own needs of a fetched model, as TOML, with its context as the file says it."""
    file: WeightsFile = model.files[0]
    context = read_shape(folder(models, model) / file.name).context
    return f"""\
# Add this to a file, name the file in PUBLIUS_CATALOG, and the model in PUBLIUS_MODEL (see docs/models.md).
[[model]]
name = "{model.name}"
kind = "chat"
licence = "{model.licence}"
origin = "{model.origin}"
template = "{model.template}"
context = {context}

[[model.file]]
name = "{file.name}"
source = "{file.source}"
sha256 = "{file.sha256}"
size = {file.size}
"""
