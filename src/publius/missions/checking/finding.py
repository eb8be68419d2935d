"""One thing that a reader of a pack should know."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What is not as it must be, and where: the file within the pack, and the line from 1, or 0 for the whole file.

    A `note` is no fault: it is what a reader should see before trusting the pack.
    """

    file: str
    line: int
    said: str
    note: bool = False
