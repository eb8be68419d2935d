"""Rows as PostgreSQL's `unnest` takes them: one array a column, so that one statement inserts a whole group."""

from collections.abc import Sequence
from typing import Any


def columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """The rows turned on their side; there is at least one."""
    return [list(column) for column in zip(*rows, strict=True)]
