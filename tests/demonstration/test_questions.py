"""The demonstration's questions, asked through every room: the first thing that a newcomer sees."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from tests.conftest import make_agency

from publius import flow
from publius.application import Application
from publius.demonstration import AGENCIES, Example, documents, examples
from publius.storage import Owner
from publius.types import Agency, Door, Message, Principal, Question, Role

pytestmark = pytest.mark.model


@pytest.fixture
async def agency(request: pytest.FixtureRequest, building: Application, owner: Owner) -> AsyncIterator[Agency]:
    """A demonstration agency with its documents read."""
    made = make_agency(owner, request.param)
    for path in documents(made.slug):
        await building.retrieval.add(made, "test", path.name, path.read_bytes())
    return made


def asked(agency: Agency, example: Example) -> Question:
    """The question as a member of the agency asks it."""
    who = Principal(id="local:test", name="test", agency=agency, role=Role.MEMBER)
    said = (Message("user", example.text),)
    return Question(id=uuid4(), door=Door.CLI, model="library", messages=said, credential=who)


@pytest.mark.parametrize("agency", AGENCIES, indirect=True)
async def test_search_finds_what_answers_each_question(building: Application, agency: Agency) -> None:
    missed = []
    for example in examples(agency.slug):
        question = asked(agency, example)
        grant = await building.policy.authorize(question.credential, question)
        evidence = await building.retrieval.gather(grant, question)
        found = [passage.text for passage in evidence.passages if passage.name == example.document]
        if example.document and not all(phrase in "".join(found) for phrase in example.expected):
            missed.append(example.text)
    assert not missed


@pytest.mark.parametrize("agency", AGENCIES, indirect=True)
async def test_every_answer_quotes_the_documents_exactly(building: Application, agency: Agency) -> None:
    for example in examples(agency.slug):
        answer = await flow.answer(asked(agency, example), building)
        assert answer.checked.answered is bool(answer.checked.citations)
        for citation in answer.checked.citations:
            text = (await building.retrieval.open(agency, citation.document_id, citation.revision)).text
            assert text[citation.start : citation.end] == citation.quote
