"""What a pack's author expects of its answers, as data: `cases/*.yaml`, and the one example in its README.

A file holds a list of cases:

    - ask: "What is the most that a Pell Grant pays in 2026-27?"
      says: ["$7,395"]
      cites: [pell-grant.en]
      note: why this matters

What is asked is `ask`, or `turns` for a conversation whose last answer is judged. What is expected is any of: `says`
and `never_says` (texts; figures count by their value, however they are written), `cites` (sources or tools),
`computes` (a tool, and the value or the part of it that must come out), `refuses`, `not_in_sources`, `asks_for`
(inputs of a tool).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml
from msgspec import Struct

from publius.missions import parts
from publius.missions.faults import BrokenMission
from publius.missions.pack import Language, Text

Texts = tuple[Text, ...]


class Computes(Struct, frozen=True, forbid_unknown_fields=True):
    """The tool that must have been computed. Of a value that is an object, only the fields named here are compared."""

    tool: Text
    value: Any = msgspec.UNSET


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question or conversation, and what must come of it."""

    ask: str = ""
    turns: Texts = ()
    language: Language = "en"
    says: Texts = ()
    cites: Texts = ()
    computes: Computes | None = None
    refuses: bool = False
    not_in_sources: bool = False
    asks_for: Texts = ()
    never_says: Texts = ()
    note: str = ""

    @property
    def asked(self) -> Texts:
        """What the person says, turn by turn."""
        return self.turns or (self.ask,)

    @property
    def expects(self) -> bool:
        """Whether there is anything that can fail."""
        return bool(
            self.says or self.cites or self.computes or self.refuses
            or self.not_in_sources or self.asks_for or self.never_says
        )  # fmt: skip


class Placed(NamedTuple):
    """A case and where it is written: the file within the pack, and the line from 1."""

    file: str
    line: int
    case: Case

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line}"


def case_files(folder: Path) -> list[str]:
    """The names of the pack's files of cases, in order."""
    return [f"cases/{path.name}" for path in sorted((folder / "cases").glob("*.yaml"))]


def read_cases(folder: Path, name: str) -> list[Placed]:
    """The cases of one file.

    Raises:
        BrokenMission: names the line and the field.
    """
    text = parts.text_of(folder, name)
    node, data = _parsed(text, name, 0)
    if not isinstance(node, yaml.SequenceNode):
        raise BrokenMission(name, 1, "it is not a list of cases, each beginning with '- ask:'")
    lines = [each.start_mark.line + 1 for each in node.value]
    return [Placed(name, line, _case(one, name, line, text)) for line, one in zip(lines, data, strict=True)]


def read_all(folder: Path) -> list[Placed]:
    """Every case of the pack, the example of its README first.

    Raises:
        BrokenMission: names the file, the line and the field.
    """
    example = read_example(folder)
    return [
        *([example] if example else []),
        *(case for name in case_files(folder) for case in read_cases(folder, name)),
    ]


def read_example(folder: Path) -> Placed | None:
    """The first fenced block of YAML in README.md, which is one case; None where there is none.

    Raises:
        BrokenMission: it is no case.
    """
    name = "README.md"
    text = parts.text_of(folder, name)
    block = re.search(r"^```ya?ml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    if block is None:
        return None
    before = text.count("\n", 0, block.start(1))
    node, data = _parsed(block[1], name, before)
    if isinstance(node, yaml.SequenceNode) and len(data) == 1:
        data = data[0]
    return Placed(name, before + 1, _case(data, name, before + 1, text))


def cases_of(placed: list[Placed], wanted: list[str]) -> Iterator[Placed]:
    """Those whose place, question or note holds one of the words; all where none is wanted."""
    for each in placed:
        about = " ".join((each.name, *each.case.asked, each.case.note)).casefold()
        if not wanted or any(word.casefold() in about for word in wanted):
            yield each


def _parsed(text: str, name: str, before: int) -> tuple[yaml.Node | None, Any]:
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        return node, loader.construct_document(node) if node else None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that no calendar has
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        raise BrokenMission(name, before + (mark.line + 1 if mark else 1), f"it is not YAML ({said})") from None
    finally:
        loader.dispose()


def _case(data: Any, name: str, line: int, text: str) -> Case:
    below = text.splitlines(keepends=True)[line - 1 :]
    try:
        case = msgspec.convert(data, Case)
    except msgspec.ValidationError as error:
        field, said = parts.explained(error)
        at = parts.line_of(field, "".join(below)) if field else 1
        raise BrokenMission(name, line + at - 1, said) from None
    if bool(case.ask.strip()) == bool(case.turns):
        raise BrokenMission(name, line, "a case has either ask or turns")
    if empty := next((phrase for phrase in (*case.says, *case.never_says) if not re.search(r"\w", phrase)), None):
        raise BrokenMission(
            name, line, f"{empty!r} has neither a word nor a figure that an answer could be searched for"
        )
    if not case.expects:
        raise BrokenMission(name, line, "a case expects nothing, so it could not fail: add says, cites or another")
    return case
