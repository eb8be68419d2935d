"""The texts of a pack: its card, README and prompt, its sources, and that no file is of a kind that does not belong."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from publius.missions import parts
from publius.missions.cases import read_example
from publius.missions.checking.finding import Finding
from publius.missions.faults import BrokenMission
from publius.missions.interview import read_script
from publius.missions.pack import CARD, Card, read_source, source_files

_COMPILED = {".so", ".pyd", ".pyc", ".dll", ".dylib", ".pth"}  # code that nobody can read here


def of_card(folder: Path, card: Card, today: date) -> Iterator[Finding]:
    """Whether somebody answers for the mission today, in each of its languages, and what it says it needs."""
    text = parts.text_of(folder, CARD)

    def at(field: str) -> int:
        return parts.line_of(field, text)

    if card.review_by < today:
        said = f"review_by was {card.review_by}: its owner has to look at it again, and then to set a later day"
        yield Finding(CARD, at("review_by"), said)
    for name in sorted({name for name in card.tools if card.tools.count(name) > 1}):
        yield Finding(CARD, at("tools"), f"tools names {name} twice")
    if card.interview and not (folder / card.interview).is_file():
        yield Finding(CARD, at("interview"), f"interview names {card.interview}, and there is no such file")
    elif card.interview:
        try:
            read_script(folder, card.interview)
        except BrokenMission as error:
            yield Finding(error.file, error.line, error.said)
    if "es" in card.languages:
        for field in ("title_es", "description_es", *(("example_es",) if card.example else ())):
            if not getattr(card, field).strip():
                yield Finding(CARD, at(field), f"languages has es, and {field} is missing")
        for rule in card.refuse:
            if not (rule.when_es and rule.says_es):
                yield Finding(CARD, 0, f"languages has es, and the refuse rule {rule.id} has no when_es and says_es")
    for use in card.uses:
        yield Finding(CARD, at("uses"), f"it uses {use}, which the kit does not give: read its code", note=True)


def of_files(folder: Path) -> Iterator[Finding]:
    """No compiled code, and no link that leads out of the pack."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if "__pycache__" in path.parts:
            continue
        if path.suffix in _COMPILED:
            yield Finding(name, 0, "it is compiled code, which cannot be read; a pack is Python source and text")
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            yield Finding(name, 0, "it is a link that leads out of the pack")


def of_readme_and_prompt(folder: Path) -> Iterator[Finding]:
    """README.md with its example, and prompt.md."""
    for name in ("README.md", "prompt.md"):
        try:
            parts.text_of(folder, name)
        except BrokenMission as error:
            yield Finding(error.file, error.line, error.said)
    if not (folder / "README.md").is_file():
        return
    try:
        example = read_example(folder)
    except BrokenMission as error:
        yield Finding(error.file, error.line, error.said)
    else:
        if example is None:
            yield Finding("README.md", 0, "it has no example: a block ```yaml with one case, which is then asked")


def of_sources(folder: Path, card: Card | None, today: date) -> Iterator[Finding]:
    """Each source titled, linked, dated and licensed, in a language of the mission; each language with one."""
    files = source_files(folder)
    if not files:
        yield Finding("sources", 0, "there is no source, so it could answer nothing: add sources/NAME.md")
    languages = set()
    broken = False
    for name in files:
        try:
            source = read_source(folder, name)
        except BrokenMission as error:
            broken = True
            yield Finding(error.file, error.line, error.said)
            continue
        text = parts.text_of(folder, name)
        languages.add(source.language)
        if source.date > today:
            yield Finding(name, parts.line_of("date", text), f"date is {source.date}, which is still to come")
        if not source.link.startswith(("https://", "http://")):
            yield Finding(name, parts.line_of("link", text), f"link is {source.link!r}, and must be a web address")
        if card and source.language not in card.languages:
            said = f"language is {source.language}, which {CARD} does not have among its languages"
            yield Finding(name, parts.line_of("language", text), said)
    for language in card.languages if card and files and not broken else ():
        if language not in languages:
            yield Finding("sources", 0, f"{CARD} has the language {language}, and no source is in it")
