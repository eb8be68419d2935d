"""What is known of a source, and what a run of it met."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, field

from publius.errors import InvalidRequest
from publius.storage.labels import level_for_new
from publius.types import Agency

LONGEST_TOLD = 1_000  # characters of a name or reason
SECRETS = frozenset({"secret"})  # settings that are never shown, whatever the kind


class Refused(Struct, frozen=True):
    """What a run did not take, by its path within the source, and why."""

    name: str
    reason: str


class Source(Struct, frozen=True, kw_only=True):
    """A source and what came of its last run. Its documents are kept under its name: `name/path`.

    `wanted` is one that somebody asked to be run, `begun_at` is of the run under way, and `paused` stops its clock.
    `holder` is who runs it now.
    """

    id: UUID
    name: str
    kind: str
    address: str
    settings: dict[str, Any]
    label: str | None
    removes: bool
    every_minutes: int | None
    paused: bool
    wanted: bool
    begun_at: datetime | None
    holder: int | None
    added_by: str
    job_id: UUID | None
    run_at: datetime | None
    found: int
    changed: int
    vanished: int
    refused: int
    noindex: int  # of the refused, those that ask for it themselves
    refusals: list[Refused]  # the first of them
    failure: str

    @property
    def shown(self) -> dict[str, Any]:
        """All that may be told of it; a secret is not, though it is sealed."""
        told = msgspec.structs.asdict(self)
        del told["id"], told["added_by"], told["holder"]
        return told | {"settings": self.open_settings}

    @property
    def open_settings(self) -> dict[str, Any]:
        """The settings without those that are secret."""
        return {name: value for name, value in self.settings.items() if name not in SECRETS}

    @property
    def place(self) -> dict[str, Any]:
        """What tells whoever reads a record which source it was."""
        return {"name": self.name, "kind": self.kind, "address": self.address}

    @property
    def terms(self) -> dict[str, Any]:
        """All that it was added with, but for secrets."""
        terms = {"label": self.label, "removes": self.removes, "every_minutes": self.every_minutes}
        return {**self.place, "settings": self.open_settings, **terms}


class Run(Struct, kw_only=True):
    """What one run met. `vanished` are documents that are here and no longer there; nothing has removed them yet."""

    found: int = 0
    changed: int = 0
    refused: list[Refused] = field(default_factory=list)
    noindex: int = 0
    vanished: list[tuple[UUID, str]] = field(default_factory=list)
    job_id: UUID | None = None

    def refuse(self, name: str, reason: str) -> None:
        """Note what was not taken. Its name is as somebody else wrote it, and may be anything."""
        self.refused.append(Refused(_tellable(name), _tellable(reason)))


def _tellable(text: str) -> str:
    """The text with a mark in place of each character that a page cannot show or the database cannot keep."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text[:LONGEST_TOLD])


def source_of(agency: Agency, row: Any) -> Source:
    """A row of the table, as far as the agency may see it."""
    fields = {name: getattr(row, name) for name in Source.__struct_fields__}
    return Source(**fields | {"refusals": _refusals(agency, row)})


def _refusals(agency: Agency, row: Any) -> list[Refused]:
    """Names of files under a label that is above the viewer's ceiling are not told."""
    try:
        level_for_new(agency, row.label)
    except InvalidRequest:
        return []
    return msgspec.convert(row.refusals, list[Refused])
