"""Pages as they look, with the cited words marked on them; a page that was drawn is kept for the next who looks."""

from collections import OrderedDict
from typing import Protocol
from uuid import UUID

from publius.errors import NotFound
from publius.retrieval.reading import places
from publius.retrieval.reading.drawing import DRAWN
from publius.storage import Database
from publius.types import Agency

KEPT_BYTES = 64 << 20  # of drawn pages, in this process


class Draws(Protocol):
    """Draws a page of a file, somewhere it can do no harm."""

    async def draw(self, kind: str, data: bytes, page: int) -> bytes: ...


class Pages:
    """The pages of every agency's documents; each call asks first whether this one may see the document."""

    def __init__(self, database: Database, reader: Draws) -> None:
        self._database = database
        self._reader = reader
        self._kept: OrderedDict[tuple[int, UUID, int, int], bytes] = OrderedDict()
        self._size = 0

    async def picture(self, agency: Agency, document: UUID, revision: int | None, page: int) -> bytes:
        """One page of a PDF or picture, as a PNG.

        Raises:
            NotFound: the agency has no such document, revision or page, or it has no pages that can be drawn.
            UnreadableDocument: the page cannot be drawn.
        """
        # Also for a page that is kept: what one may see can change, and a document can go.
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(
                "SELECT r.number, r.media_type, cardinality(pages) / 2 AS pages FROM revisions r"
                " JOIN documents d ON d.id = document_id"
                " WHERE r.agency_id = %s AND document_id = %s AND number = coalesce(%s, d.revision)",
                [agency.id, document, revision],
            )
            row = await rows.fetchone()
            if row is None or row.media_type not in DRAWN or not 0 < page <= row.pages:
                raise NotFound("There is no such page in your agency.")
            key = (agency.id, document, row.number, page)
            if kept := self._kept.get(key):
                self._kept.move_to_end(key)
                return kept
            rows = await connection.execute(
                "SELECT original FROM revisions WHERE agency_id = %s AND document_id = %s AND number = %s",
                [agency.id, document, row.number],
            )
            held = await rows.fetchone()
        if held is None:
            raise NotFound("There is no such page in your agency.")
        drawn = await self._reader.draw(row.media_type, held.original, page)
        self._keep(key, drawn)
        return drawn

    async def marks(
        self, agency: Agency, document: UUID, revision: int, page: int, start: int, end: int
    ) -> list[places.Mark]:
        """The rectangles over the words of a span on one page, in ten-thousandths of it."""
        async with self._database.agency(agency) as connection:
            rows = await connection.execute(
                "SELECT places FROM revisions WHERE agency_id = %s AND document_id = %s AND number = %s",
                [agency.id, document, revision],
            )
            row = await rows.fetchone()
        sheet = places.opened(row.places, page) if row and row.places else None
        return places.marks(sheet, start, end) if sheet else []

    def forget(self, agency: Agency) -> None:
        """Keep no drawn page of this agency: one of its documents went, perhaps with others that came inside of it."""
        for key in [key for key in self._kept if key[0] == agency.id]:
            self._size -= len(self._kept.pop(key))

    def _keep(self, key: tuple[int, UUID, int, int], drawn: bytes) -> None:
        self._size += len(drawn) - len(self._kept.get(key, b""))  # two may have drawn it at once
        self._kept[key] = drawn
        while self._size > KEPT_BYTES:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone)
