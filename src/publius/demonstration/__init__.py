"""What a first run starts with: four agencies, documents written for this project, and questions about them.

Every document is fictional and says so. The folder of an agency holds its documents and nothing else.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

HERE = Path(__file__).parent
AGENCIES = {
    "education": "Department of Education (demonstration)",
    "state": "Department of State (demonstration)",
    "defense": "Department of Defense (demonstration)",
    "gsa": "General Services Administration (demonstration)",
}
MISSIONS = {"education": ("student_aid",)}  # that are on from the first start


class Example(Struct, frozen=True):
    """A question with what a right answer holds. Without a document, the documents do not answer it."""

    agency: str
    text: str
    document: str | None
    expected: tuple[str, ...]


def documents(agency: str) -> list[Path]:
    """The files of one demonstration agency; none for any other."""
    return sorted((HERE / agency).iterdir()) if agency in AGENCIES else []


def examples(agency: str) -> list[Example]:
    """The questions of one demonstration agency, those that are answered first; none for any other."""
    lines = (HERE / "questions.jsonl").read_bytes().splitlines()
    return [each for line in lines if (each := msgspec.json.decode(line, type=Example)).agency == agency]
