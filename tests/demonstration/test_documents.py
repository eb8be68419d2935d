"""The demonstration is honest about itself, varied in format, and its questions fit its documents."""

import re

import pytest

from publius.demonstration import AGENCIES, documents, examples

FORMATS = {".md", ".html", ".csv", ".txt"}
EVERY = [path for agency in AGENCIES for path in documents(agency)]


@pytest.mark.parametrize("agency", AGENCIES)
def test_each_agency_has_a_handful_of_documents_in_each_format(agency):
    found = documents(agency)
    assert 4 <= len(found) <= 6
    assert {path.suffix for path in found} == FORMATS


@pytest.mark.parametrize(
    "path", [path for agency in AGENCIES for path in documents(agency)], ids=lambda path: path.name
)
def test_a_document_says_that_it_is_fictional_and_when_it_was_written(path):
    text = " ".join(path.read_text(encoding="utf-8").split())
    assert "emonstration" in text
    assert "fictional" in text
    assert re.search(r"[Dd]ated \d{1,2} (September|October|November) 2026", text)


@pytest.mark.parametrize("agency", AGENCIES)
def test_the_questions_fit_the_documents(agency):
    texts = {path.name: " ".join(path.read_text(encoding="utf-8").split()) for path in documents(agency)}
    answered = [each for each in examples(agency) if each.document]
    assert len(answered) == 5
    assert len(examples(agency)) - len(answered) == 2
    for each in answered:
        assert all(phrase in texts[each.document] for phrase in each.expected), each.text


def test_another_agency_has_none_of_it():
    assert documents("platform") == []
    assert examples("../education") == []
