"""Questions with their right answers, one JSON object a line."""

from pathlib import Path

import msgspec
from msgspec import Struct

from publius.errors import InvalidRequest

FALSE_PREMISE = "false-premise"
ALL_DOCUMENTS = "multi-doc"  # such a question needs every one of its gold documents


class Case(Struct, frozen=True, kw_only=True):
    """One question. `gold_docs` are paths that end in a document's name; `gold_quotes` exact stretches of them.

    `figures` are the numbers and dates that a right answer holds, `also_ok` other documents that give the same one.
    """

    id: str
    question: str
    agency: str = ""
    answerable: bool = True
    kind: str = ""
    gold_docs: tuple[str, ...] = ()
    gold_quotes: tuple[str, ...] = ()
    short_answer: str = ""
    figures: tuple[str, ...] = ()
    also_ok: tuple[str, ...] = ()

    @property
    def right_docs(self) -> frozenset[str]:
        return frozenset((*self.gold_docs, *self.also_ok))


def read_questions(file: Path, agency: str = "") -> list[Case]:
    """The questions of a file; with `agency` those of it and those that name none.

    Raises:
        InvalidRequest: the file cannot be read, a line is no question, or there is none to ask.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequest(
            f"{file} cannot be read: {error}.", cure="Give a file with one JSON object a line."
        ) from None
    cases = [_case(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    kept = [
        msgspec.structs.replace(case, agency=case.agency or agency)
        for case in cases
        if not agency or case.agency in ("", agency)
    ]
    if not kept:
        which = f" of the agency {agency}" if agency and cases else ""
        raise InvalidRequest(f"{file} holds no question{which}.", cure="Give one JSON object a line, each a question.")
    if lacking := next((case.id for case in kept if not case.agency), ""):
        raise InvalidRequest(
            f"The question {lacking} does not say which agency it is of.", cure="Add the field agency, or use --agency."
        )
    return kept


def _case(file: Path, number: int, line: str) -> Case:
    try:
        return msgspec.json.decode(line, type=Case)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InvalidRequest(
            f"Line {number} of {file} is no question: {error}.",
            cure="Each line is a JSON object with at least id and question.",
        ) from None
