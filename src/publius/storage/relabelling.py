"""Changing an agency's list of labels: what is in use keeps its label by name, and levels move with the names."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from msgspec import Struct
from psycopg import sql
from psycopg.types.json import Jsonb

from publius.errors import Conflict, InvalidRequest, NotFound
from publius.storage.labels import labels_of
from publius.types import HIGHEST, Labels

MOST = 16
LONGEST = 40
# Where a level or a ceiling stands; what belongs to a document follows it by its key.
LEVELS = (
    ("documents", "level"), ("conversations", "level"), ("turns", "level"), ("users", "ceiling"), ("keys", "ceiling"),
    ("jobs", "ceiling"), ("job_items", "level"),
)  # fmt: skip
OWN = {"job_items": sql.SQL("document_id IS NULL")}


class Labelled(Struct, frozen=True):
    """One label as a list shows it: how many documents have it, whether it is the default, which models end at it."""

    label: str
    documents: int
    default: bool
    models: tuple[str, ...]


def show(connection: "psycopg.Connection[Any]", slug: str) -> list[Labelled]:
    """The agency's labels, lowest first.

    Raises:
        NotFound: there is no such agency.
    """
    labels = _behind(connection, slug)
    rows = connection.execute(
        "SELECT level, count(*) AS documents FROM documents WHERE agency_id = current_agency() GROUP BY level"
    )
    documents = {row.level: row.documents for row in rows}
    return [
        Labelled(
            name,
            documents.get(level, 0),
            level == labels.default,
            tuple(model for model, ceiling in labels.models if ceiling == level),
        )
        for level, name in enumerate(labels.names)
    ]


def change(
    connection: "psycopg.Connection[Any]",
    slug: str,
    names: Sequence[str] | None,
    default: str | None,
    models: Mapping[str, str],
) -> None:
    """Give the agency these labels, lowest first, this default, and these models their ceilings.

    None leaves names or default as they are. A model whose ceiling is "" has none any more.

    Raises:
        NotFound: there is no such agency.
        InvalidRequest: the list cannot be one, or names a label that is not in it.
        Conflict: a label that is in use would go.
    """
    connection.execute("SELECT FROM agencies WHERE slug = %s FOR UPDATE", [slug])
    old = _behind(connection, slug)
    new = tuple(name.strip() for name in names) if names is not None else old.names
    _check(new)
    level_by_name = {name.casefold(): level for level, name in enumerate(new)}
    moved = {level: level_by_name.get(name.casefold()) for level, name in enumerate(old.names)}
    _keep(connection, old, moved)
    wanted = default if default is not None else old.names[old.default]
    ceilings = {model: old.names[level] for model, level in old.models} | dict(models)
    levels = {model: _found(level_by_name, label, new) for model, label in ceilings.items() if label}
    _move(connection, {level: to for level, to in moved.items() if to is not None and to != level})
    connection.execute(
        "UPDATE agencies SET labels = %s, default_level = %s, model_ceilings = %s WHERE slug = %s",
        [list(new), _found(level_by_name, wanted, new), Jsonb(levels), slug],
    )


def _behind(connection: "psycopg.Connection[Any]", slug: str) -> Labels:
    """Step behind the agency's walls, which hold for the owner too unless it is a superuser, and read its labels."""
    row = connection.execute("SELECT * FROM agencies WHERE slug = %s", [slug]).fetchone()
    if row is None:
        raise NotFound(f"There is no agency {slug!r}.", cure="'publius agency list' shows those there are.")
    connection.execute(
        "SELECT set_config('publius.agency', %s, true) AS agency, set_config('publius.ceiling', %s, true) AS ceiling",
        [str(row.id), str(HIGHEST)],
    )
    return labels_of(row)


def _check(names: Sequence[str]) -> None:
    good = all(1 <= len(name) <= LONGEST and name.isprintable() and "," not in name for name in names)
    if not (1 <= len(names) <= MOST and good and len({name.casefold() for name in names}) == len(names)):
        raise InvalidRequest(
            f"Labels are 1 to {MOST} different names of 1 to {LONGEST} characters.",
            cure="Name them from the lowest to the highest, with commas between: public,internal,CUI.",
        )


def _keep(connection: "psycopg.Connection[Any]", old: Labels, moved: Mapping[int, int | None]) -> None:
    """Refuse to lose a label that something has."""
    gone = [level for level, to in moved.items() if to is None]
    for table, column in LEVELS:
        held = sql.SQL(
            "SELECT {column} AS level, count(*) AS rows FROM {table}"
            " WHERE agency_id = current_agency() AND {column} = ANY(%s) AND {own} GROUP BY 1"
        )
        query = held.format(column=sql.Identifier(column), table=sql.Identifier(table), own=_own(table))
        for row in connection.execute(query, [gone]):
            raise Conflict(
                f"{row.rows} of the {table} {'is' if row.rows == 1 else 'are'} labelled {old.names[row.level]!r}.",
                cure="Keep that label in the list, or give them another one or remove them first.",
            )


def _move(connection: "psycopg.Connection[Any]", moved: Mapping[int, int]) -> None:
    """Give every row the level that its label now has, in one statement a table, so that none is moved twice."""
    if not moved:
        return
    # Its trigger would take a document that keeps its label for one whose label rose.
    connection.execute("SELECT set_config('publius.moving', 'on', true)")
    for table, column in LEVELS:
        update = sql.SQL(
            "UPDATE {table} SET {column} = moved.now FROM unnest(%s::smallint[], %s::smallint[]) AS moved (before, now)"
            " WHERE agency_id = current_agency() AND {column} = moved.before AND {own}"
        ).format(table=sql.Identifier(table), column=sql.Identifier(column), own=_own(table))
        connection.execute(update, [list(moved), list(moved.values())])


def _own(table: str) -> sql.SQL:
    """Which rows of a table have a level of their own."""
    return OWN.get(table, sql.SQL("true"))


def _found(levels: Mapping[str, int], label: str, names: Sequence[str]) -> int:
    level = levels.get(label.strip().casefold())
    if level is None:
        raise InvalidRequest(f"There is no label {label!r}.", cure=f"The labels are: {', '.join(names)}.")
    return level
