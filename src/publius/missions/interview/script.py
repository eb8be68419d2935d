"""The interview of a pack as its file has it: parts and pages in the order in which a person meets them.

A page asks for one input of a tool, `gives = ["index.parents.0.income_tax"]`, and takes its kind, and its wording
unless it has its own, from there; several targets of one kind get the same answer. One that gives nothing is a yes or
no of the interview's own. `among` lists rarer inputs: the person ticks those that apply and is then asked for these
alone.

A page comes up `when` each name has one of its values, and not `unless` one has; a part's conditions are those of all
its pages. A name is that of an earlier page; or of an input, which has what the answers so far give it; or of a fact:
what a tool makes of the answers so far, which is "yes", "no", or "unknown" as long as the tool cannot tell.

A page of several parts is there once for each, as `PART_ID`; in it `*_` stands for the part's id, and `*.` for the
inputs that the part is of.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from publius.kit import Kind, Tool
from publius.missions import parts
from publius.missions.faults import BrokenMission
from publius.missions.pack import Pack

Condition = dict[str, str | tuple[str, ...]]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stretch of the interview: what its questions are about, such as one person, whose inputs begin with `of`."""

    id: str
    en: str
    es: str
    of: str = ""
    when: Condition = {}
    unless: Condition = {}


class Fact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `tool` makes of the answers so far: a field of its value, or whether a line of its derivation is not 0."""

    id: str
    tool: str
    value: str = ""
    line: str = ""
    gives: tuple[str, ...] = ()


class Page(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question."""

    id: str
    part: str | tuple[str, ...]
    gives: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    en: str = ""
    es: str = ""
    help: str = ""
    help_es: str = ""
    when: Condition = {}
    unless: Condition = {}


class Along(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The input of the computing tool that a picture runs along, and those that rise and fall with it.

    `note` says what else would change with it and is left as it is, and what that does to the picture.
    """

    input: str
    en: str
    es: str
    together: tuple[str, ...] = ()
    note: str = ""
    note_es: str = ""


class Curve(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One curve of the picture: a field of the result's value."""

    value: str
    en: str
    es: str


class Script(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole interview. `computes` is the tool whose result it leads to, `then` are tools to go on with."""

    title: str
    title_es: str
    about: str
    about_es: str
    minutes: int
    computes: str
    part: tuple[Part, ...]
    page: tuple[Page, ...]
    fact: tuple[Fact, ...] = ()
    ready: tuple[str, ...] = ()
    ready_es: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    along: tuple[Along, ...] = ()
    curve: tuple[Curve, ...] = ()


def read_script(folder: Path, name: str) -> Script:
    """The interview in a pack's file, without a look at its tools.

    Raises:
        BrokenMission: it is no interview; names what is wrong.
    """
    text = parts.text_of(folder, name)
    script = parts.toml(text, Script, name)
    for fault in _faults(script):
        raise BrokenMission(name, 0, fault)
    return replace(script, page=tuple(_spelled_out(script)))


def interview_of(pack: Pack, tools: Mapping[str, Tool]) -> Script | None:
    """The interview that the pack's card names; None where it names none.

    Raises:
        BrokenMission: it is no interview, or asks for what the pack's tools do not take.
    """
    if not pack.card.interview:
        return None
    script = read_script(pack.folder, pack.card.interview)
    for fault in unfit(script, tools):
        raise BrokenMission(pack.card.interview, 0, fault)
    return script


def unfit(script: Script, tools: Mapping[str, Tool]) -> Iterator[str]:
    """What the interview wants of the tools and they do not have."""
    wanted = {script.computes, *script.then, *(fact.tool for fact in script.fact)}
    yield from (f"there is no tool {name!r}" for name in sorted(wanted - tools.keys()))
    along = [f"{script.computes}.{name}" for each in script.along for name in (each.input, *each.together)]
    targets = [target for page in script.page for target in (*page.gives, *page.among)]
    targets += [target for fact in script.fact for target in fact.gives]
    for target in dict.fromkeys((*targets, *along)):
        tool, _, path = target.partition(".")
        parameter = tools[tool].parameter(path) if tool in tools else None
        if parameter is None or parameter.kind is Kind.PEOPLE:
            yield f"{target!r} is no single input of a tool"


def _spelled_out(script: Script) -> Iterator[Page]:
    """Part by part its pages, each with the part's conditions before its own."""
    for part in script.part:
        for page in script.page:
            if part.id in _parts(page):
                yield replace(
                    page,
                    id=page.id if page.part == part.id else f"{part.id}_{page.id}",
                    part=part.id,
                    gives=tuple(_meant(part, name) for name in page.gives),
                    among=tuple(_meant(part, name) for name in page.among),
                    when=part.when | {_meant(part, name): values for name, values in page.when.items()},
                    unless=part.unless | {_meant(part, name): values for name, values in page.unless.items()},
                )


def _parts(page: Page) -> tuple[str, ...]:
    return (page.part,) if isinstance(page.part, str) else page.part


def _meant(part: Part, name: str) -> str:
    return f"{part.of}{name[1:]}" if name.startswith("*.") else name.replace("*_", f"{part.id}_")


def _faults(script: Script) -> Iterator[str]:
    """What the types cannot say: names that are taken twice, or lead nowhere, or ahead."""
    places, known = {part.id for part in script.part}, {fact.id for fact in script.fact}
    for page in script.page:
        for part in set(_parts(page)) - places:
            yield f"page {page.id!r} is of part {part!r}, which there is not"
    for page in _spelled_out(script):
        if page.id in known:
            yield f"two are called {page.id!r}"
        if page.gives and page.among:
            yield f"page {page.id!r} has both gives and among"
        if not page.gives and not (page.en and page.es):
            yield f"page {page.id!r} gives no input, and so needs en and es of its own"
        for name in (*page.when, *page.unless):
            if "." not in name and name not in known:
                yield f"page {page.id!r} looks at {name!r}, which is no fact and no earlier page"
        known.add(page.id)
