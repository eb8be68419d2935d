"""Parquet: a table in columns, with their names and types; read by DuckDB from memory."""

from typing import Any

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media
from publius.retrieval.reading.document import About, Manuscript, ReadDocument, one_line
from publius.retrieval.reading.table import BAR, MAX_ROWS

# One thread, so much memory, nothing spilled to disk, no extension fetched.
OPEN: dict[str, Any] = {
    "threads": 1, "memory_limit": "512MB", "temp_directory": "",
    "autoinstall_known_extensions": False, "autoload_known_extensions": False,
}  # fmt: skip
_FILE = "/table"  # in memory: the process that reads may write no file


def read_parquet(data: bytes) -> ReadDocument:
    """Read a Parquet file: its columns' names as the header, and its rows.

    Raises:
        UnreadableDocument: damaged, encrypted, or with more than MAX_ROWS rows.
    """
    # Imported here: DuckDB takes a tenth of a second, which no other file need wait for.
    import duckdb
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe(_FILE, data)
    try:
        with duckdb.connect(":memory:", config=OPEN) as connection:
            connection.register_filesystem(memory)
            cursor = connection.execute(f"SELECT COLUMNS(*)::VARCHAR FROM read_parquet('memory://{_FILE}')")  # noqa: S608
            names = [one_line(str(column[0])) for column in cursor.description or ()]
            rows = cursor.fetchmany(MAX_ROWS + 1)
    except duckdb.Error:
        raise UnreadableDocument("The Parquet file is damaged or encrypted.", cure="Write it again.") from None
    finally:
        memory.store.clear()
    if len(rows) > MAX_ROWS:
        raise UnreadableDocument(f"The table has more than {MAX_ROWS:,} rows.", cure="Split it and upload the parts.")
    manuscript = Manuscript()
    header = BAR.join(names)
    manuscript.add("row", header)
    for row in rows:
        line = BAR.join(one_line(str(cell)) if cell is not None else "" for cell in row)
        if line.strip(BAR):
            manuscript.add("row", line, header=header)
    return manuscript.finish(About(), media.PARQUET)
