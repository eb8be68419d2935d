"""Questions, evidence and checked drafts to record, as the other rooms would hand them over."""

from uuid import UUID, uuid4

from publius.ledger.ledger import Ledger
from publius.types import (
    Agency,
    Answer,
    Checked,
    Citation,
    Claim,
    Door,
    Draft,
    Evidence,
    Grant,
    Message,
    Model,
    Passage,
    Principal,
    Question,
    Reason,
    Role,
    Usage,
)

LIBRARY = Model("library", grounded=True, description="")
DOCUMENT = UUID("11111111-2222-3333-4444-555555555555")


def principal(agency: Agency) -> Principal:
    return Principal("key:7d4c", "Ada", agency, Role.MEMBER)


def question(text: str = "How much is the grant?") -> Question:
    return Question(id=uuid4(), door=Door.API, model="library", messages=(Message("user", text),))


def passage(text: str, document: UUID = DOCUMENT) -> Passage:
    return Passage(
        id=1, document_id=document, revision=2, title="Grants", name="g.pdf", text=text, start=10, end=10 + len(text)
    )


def evidence(text: str = "The grant is $7,395.", document: UUID = DOCUMENT) -> Evidence:
    return Evidence(passages=(passage(text, document),))


def draft(text: str = "The grant is $7,395. It is blue.") -> Draft:
    return Draft(text=text, finish_reason="stop", model="small", weights="ab" * 32, usage=Usage(20, 9))


def checked(text: str = "The grant is $7,395.") -> Checked:
    citation = Citation(
        number=1,
        document_id=DOCUMENT,
        document="Grants",
        name="g.pdf",
        revision=2,
        page=1,
        start=10,
        end=30,
        quote=text,
    )
    return Checked(
        text=text,
        grounded=True,
        answered=True,
        claims=(Claim(text=text, citations=(citation,)),),
        withheld=(Claim(text="It is blue.", reason=Reason.MEANING),),
        citations=(citation,),
    )


async def walk(ledger: Ledger, agency: Agency, text: str = "How much?", document: UUID = DOCUMENT) -> Answer:
    """One whole walk that answers."""
    async with ledger.open(question(text)) as record:
        who = principal(agency)
        record.note(who)
        record.note(Grant(who, LIBRARY, 100))
        with record.timed("retrieval"):
            record.note(evidence(document=document))
        record.note(draft())
        return await record.seal(checked())
