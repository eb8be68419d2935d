"""What an answer may rest on."""

from typing import Any
from uuid import UUID

from msgspec import Struct


class Passage(Struct, frozen=True, kw_only=True):
    """A stretch of one revision of one document, as found by search."""

    id: int
    document_id: UUID
    revision: int  # 1, 2, 3 … within the document
    title: str
    name: str  # file name as the agency knows it
    text: str  # text[start:end] of the revision
    start: int
    end: int
    page: int | None = None  # 1-based; None where the format has no pages
    headings: tuple[str, ...] = ()
    context: str = ""  # header of the table whose rows it begins with, when that stands further up in the document
    score: float = 0.0  # fused, higher is better; comparable within one search only
    relevance: float = 0.0  # calibrated to 0…1; the floor is applied to this


class ToolResult(Struct, frozen=True, kw_only=True):
    """What code computed for this question. `text` is its derivation, line by line; it can be cited."""

    name: str
    value: Any
    text: str


class Evidence(Struct, frozen=True):
    """All that an answer may rest on. Empty `passages` means that the documents do not answer."""

    passages: tuple[Passage, ...] = ()
    tools: tuple[ToolResult, ...] = ()
    nearest: tuple[Passage, ...] = ()  # below the floor: named to the person, never shown to Llama
