"""Reads a pack as a careful colleague would, without running it, and lists what is not as it must be.

This is a reading aid for authors and operators, not a cage: a pack's code runs in the server with the server's rights,
so it is only as trustworthy as whoever wrote it and whoever put it there.
"""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from publius.missions.checking import asking, code, figures, texts
from publius.missions.checking.finding import Finding
from publius.missions.faults import BrokenMission
from publius.missions.pack import CARD, Card, read_card

__all__ = ["Finding", "check"]


def check(folder: Path, package: str, today: date) -> list[Finding]:
    """What is wrong with the pack in this folder, file by file. `package` is what its own modules are imported as.

    With a card that cannot be read the rest is read all the same, as far as it does not depend on it.
    """
    if not folder.is_dir():
        return [Finding(str(folder), 0, "there is no such folder")]
    found: list[Finding] = []
    card: Card | None = None
    try:
        card = read_card(folder)
    except BrokenMission as error:
        found.append(Finding(error.file, error.line, error.said))
    if card is not None:
        found += texts.of_card(folder, card, today)
        found += asking.of_cases(folder, card)
    found += texts.of_files(folder)
    found += texts.of_readme_and_prompt(folder)
    found += texts.of_sources(folder, card, today)
    found += figures.of_tables(folder)
    found += code.of_modules(folder, package, card)
    order: Callable[[Finding], tuple[bool, str, int]] = lambda each: (each.file != CARD, each.file, each.line)  # noqa: E731
    return sorted(_once(found), key=order)


def _once(found: Iterable[Finding]) -> list[Finding]:
    return list(dict.fromkeys(found))
