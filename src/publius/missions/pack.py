"""A mission pack as its folder holds it, read without running any of its code."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from publius.missions import parts
from publius.missions.faults import BrokenMission
from publius.missions.refusals import Refusal

CARD = "mission.toml"
ID = re.compile(r"[a-z][a-z0-9_]{1,47}")
FENCE = "+++"  # before and after what the head of a source says in TOML

Text = Annotated[str, Meta(min_length=1)]
Language = Literal["en", "es"]


class Card(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `mission.toml` says: what the mission is, who answers for it and until when."""

    id: Text
    title: Text
    description: Text
    owner: Text  # the office that answers for it
    contact: Text  # an address that a person can write to
    review_by: date  # when the owner has to have looked at it again
    audience: Text
    impact: Text  # what depends on its answers, in one sentence
    tools: tuple[str, ...]  # names of tools in tools.py, in the order in which they are shown
    label: Literal["public"] = "public"
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = ("en",)
    title_es: str = ""
    description_es: str = ""
    example: str = ""  # a question that it answers, told to whoever asks for help
    example_es: str = ""
    interview: str = ""  # the file of a guided interview, or "" for none
    uses: tuple[Literal["processes"], ...] = ()  # what its code needs beyond the kit; shown by `check`
    refuse: tuple[Refusal, ...] = ()


class Source(Struct, frozen=True, kw_only=True):
    """A text that the mission's answers may rest on. `name` is its file's, without the ending."""

    name: str
    title: str
    language: Language
    link: str
    publisher: str
    date: date  # as of when it is right
    licence: str
    text: str


class Pack(Struct, frozen=True, kw_only=True):
    """One mission. `package` is what its Python modules are imported as, which nothing here does.

    `agency` is the slug of the one agency that sees it, or "" for one that is installed and that any may turn on.
    """

    folder: Path
    package: str
    agency: str = ""
    card: Card
    readme: str
    prompt: str
    sources: tuple[Source, ...]

    @property
    def id(self) -> str:
        return self.card.id

    @property
    def model(self) -> str:
        """Its id in `/v1/models`."""
        return f"mission:{self.card.id}"

    def title(self, language: str = "en") -> str:
        """Its title in this language; in English where it has no other."""
        return self.card.title_es or self.card.title if language == "es" else self.card.title

    def description(self, language: str = "en") -> str:
        """What it does in this language; in English where it has no other."""
        return self.card.description_es or self.card.description if language == "es" else self.card.description

    def source(self, name: str) -> Source | None:
        """The source of that name, with or without `.md`."""
        return next((source for source in self.sources if source.name == name.removesuffix(".md")), None)


def read_pack(folder: Path, package: str, *, agency: str = "") -> Pack:
    """Read a pack's card, texts and sources. Its cases are read by who runs them.

    Raises:
        BrokenMission: names the file, the line and the field.
    """
    if not folder.is_dir():
        raise BrokenMission(folder.name, 0, "there is no such folder")
    return Pack(
        folder=folder,
        package=package,
        agency=agency,
        card=read_card(folder),
        readme=parts.text_of(folder, "README.md"),
        prompt=parts.text_of(folder, "prompt.md"),
        sources=tuple(read_source(folder, name) for name in source_files(folder)),
    )


def read_card(folder: Path) -> Card:
    """What `mission.toml` says.

    Raises:
        BrokenMission: names the line and the field.
    """
    text = parts.text_of(folder, CARD)
    card = parts.toml(text, Card, CARD)
    if not ID.fullmatch(card.id):
        said = f"id is {card.id!r}, and may be 2 to 48 lower-case letters, digits and _, beginning with a letter"
        raise BrokenMission(CARD, parts.line_of("id", text), said)
    return card


def source_files(folder: Path) -> list[str]:
    """The names of the pack's sources, such as `sources/assets.en.md`, in order."""
    return [f"sources/{path.name}" for path in sorted((folder / "sources").glob("*.md"))]


class _Head(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Text
    language: Language
    link: Text
    publisher: Text
    date: date
    licence: Text


def read_source(folder: Path, name: str) -> Source:
    """One source: its head in TOML between two lines `+++`, and below it the text.

    Raises:
        BrokenMission: names the line and the field.
    """
    lines = parts.text_of(folder, name).splitlines(keepends=True)
    fences = [at for at, line in enumerate(lines) if line.rstrip() == FENCE][:2]
    if len(fences) < 2 or fences[0] != 0:
        raise BrokenMission(name, 1, f"it does not begin with title, link, date and licence between two lines {FENCE}")
    head = parts.toml("".join(lines[1 : fences[1]]), _Head, name, before=1)
    text = "".join(lines[fences[1] + 1 :]).strip()
    if not text:
        raise BrokenMission(name, fences[1] + 1, "there is no text below its head")
    return Source(
        name=Path(name).stem,
        title=head.title,
        language=head.language,
        link=head.link,
        publisher=head.publisher,
        date=head.date,
        licence=head.licence,
        text=text,
    )
