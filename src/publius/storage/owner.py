"""What only the owner of the database may do: make, change and remove agencies."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from publius.errors import Conflict, InvalidRequest, NotFound
from publius.storage import relabelling
from publius.storage.labels import labels_of
from publius.types import Agency


class Owner:
    """Short-lived connections as the database's owner. Only the command line has one; no door does."""

    def __init__(self, address: str) -> None:
        self._address = address

    def create_agency(self, slug: str, name: str, *, rate_per_minute: int, tokens_per_day: int) -> Agency:
        """Make an agency with its partitions, in one transaction.

        Raises:
            Conflict: the slug is taken.
            InvalidRequest: the slug is not 2 to 32 lower-case letters and digits, or the name is empty.
        """
        with self._transaction() as connection:
            try:
                row = connection.execute(
                    "INSERT INTO agencies (slug, name, rate_per_minute, tokens_per_day) VALUES (%s, %s, %s, %s)"
                    " RETURNING *",
                    [slug, name, rate_per_minute, tokens_per_day],
                ).fetchone()
                assert row is not None
            except psycopg.errors.UniqueViolation:
                raise Conflict(f"There is already an agency {slug!r}.") from None
            except psycopg.errors.CheckViolation:
                raise InvalidRequest(
                    f"{slug!r} cannot be an agency.",
                    cure="A slug is 2 to 32 lower-case letters and digits; a name 1 to 200 characters; limits above 0.",
                ) from None
            connection.execute("SELECT create_agency_partitions(%s)", [row.id])
        return Agency(row.id, row.slug, row.name, labels_of(row))

    def agencies(self) -> list[dict[str, Any]]:
        """Every agency with its limits, by slug, the platform's own left out."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT slug, name, rate_per_minute, tokens_per_day, weight, exclusive_engine, created_at FROM agencies"
                " WHERE slug <> 'platform' ORDER BY slug"
            )
            return [row._asdict() for row in rows]

    def set_limits(
        self,
        slug: str,
        *,
        rate_per_minute: int | None = None,
        tokens_per_day: int | None = None,
        weight: float | None = None,
        exclusive_engine: bool | None = None,
    ) -> None:
        """Change an agency's limits and its share of the engine; None leaves one as it is."""
        with self._transaction() as connection:
            changed = connection.execute(
                "UPDATE agencies SET rate_per_minute = coalesce(%s, rate_per_minute),"
                " tokens_per_day = coalesce(%s, tokens_per_day), weight = coalesce(%s, weight),"
                " exclusive_engine = coalesce(%s, exclusive_engine) WHERE slug = %s",
                [rate_per_minute, tokens_per_day, weight, exclusive_engine, slug],
            )
            if not changed.rowcount:
                raise _unknown(slug)

    def labels(self, slug: str) -> list[relabelling.Labelled]:
        """An agency's labels, lowest first; see `relabelling.show`."""
        with self._transaction() as connection:
            return relabelling.show(connection, slug)

    def set_labels(
        self,
        slug: str,
        names: Sequence[str] | None = None,
        *,
        default: str | None = None,
        models: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Change an agency's labels, which of them is the default, and models' ceilings; see `relabelling.change`."""
        with self._transaction() as connection:
            relabelling.change(connection, slug, names, default, models)

    def delete_agency(self, slug: str) -> None:
        """Remove an agency and every row behind its walls, its ledger included."""
        with self._transaction() as connection:
            row = connection.execute("SELECT id FROM agencies WHERE slug = %s FOR UPDATE", [slug]).fetchone()
            if row is None:
                raise _unknown(slug)
            # Forced row-level security holds for the owner too, so the owner steps behind the walls it takes down.
            connection.execute("SELECT set_config('publius.agency', %s, true)", [str(row.id)])
            connection.execute("SELECT remove_agency_partitions(%s)", [row.id])
            connection.execute("DELETE FROM agencies WHERE id = %s", [row.id])

    @contextlib.contextmanager
    def _transaction(self) -> Iterator["psycopg.Connection[Any]"]:
        with psycopg.connect(self._address, row_factory=namedtuple_row) as connection:
            yield connection


def _unknown(slug: str) -> NotFound:
    return NotFound(f"There is no agency {slug!r}.", cure="'publius agency list' shows those there are.")
