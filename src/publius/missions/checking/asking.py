"""The cases of a pack: readable, about tools and sources that there are, some of them not to be answered."""

from collections.abc import Iterator
from pathlib import Path

from publius.missions.cases import Placed, case_files, read_cases, read_example
from publius.missions.checking.finding import Finding
from publius.missions.faults import BrokenMission
from publius.missions.pack import Card, source_files


def of_cases(folder: Path, card: Card) -> Iterator[Finding]:
    """Every file of cases, and what all of them together must hold."""
    cases: list[Placed] = []
    broken = False
    for name in case_files(folder):
        try:
            cases += read_cases(folder, name)
        except BrokenMission as error:
            broken = True
            yield Finding(error.file, error.line, error.said)
    yield from _of_all(cases, broken)
    try:
        example = read_example(folder)
    except BrokenMission:
        example = None  # which the reading of the README has said
    sources = {Path(name).stem for name in source_files(folder)}
    for placed in (*([example] if example else []), *cases):
        yield from _of_one(placed, card, sources)


def _of_all(cases: list[Placed], broken: bool) -> Iterator[Finding]:
    if not cases and not broken:
        yield Finding("cases", 0, "there are no cases: add cases/NAME.yaml")
    if not broken and not any(placed.case.refuses for placed in cases):
        yield Finding("cases", 0, "no case is refused: add one with refuses: true, for what the mission must not do")
    if not broken and not any(placed.case.not_in_sources for placed in cases):
        said = "no case is beyond the sources: add one with not_in_sources: true, for what it must not make up"
        yield Finding("cases", 0, said)


def _of_one(placed: Placed, card: Card, sources: set[str]) -> Iterator[Finding]:
    case = placed.case
    if case.language not in card.languages:
        yield Finding(placed.file, placed.line, f"language is {case.language}, which the mission does not have")
    for name in case.cites:
        if name not in card.tools and name.removesuffix(".md") not in sources:
            yield Finding(placed.file, placed.line, f"cites names {name!r}, which is no source and no tool")
    if case.computes and case.computes.tool not in card.tools:
        yield Finding(placed.file, placed.line, f"computes names {case.computes.tool!r}, which is no tool")
    if (case.asks_for or case.computes) and not card.tools:
        yield Finding(placed.file, placed.line, "it is about a tool, and the mission has none")
