"""Who may do what, and which questions cannot be asked."""

from typing import Any
from uuid import uuid4

import pytest

from publius.errors import Forbidden, InvalidRequest, NotFound
from publius.policy import ROLES, Policy, allowed
from publius.storage import Database
from publius.types import Agency, Door, Message, Permission, Principal, Question, Role, Sampling

CONTENT = {Permission.ASK, Permission.READ_DOCUMENTS, Permission.WRITE_DOCUMENTS, Permission.READ_LEDGER}


def question(*messages: Message, model: str = "library", **sampling: Any) -> Question:
    return Question(
        id=uuid4(),
        door=Door.API,
        model=model,
        messages=messages or (Message("user", "Who decides?"),),
        sampling=Sampling(**sampling),
    )


def principal(agency: Agency, role: Role = Role.MEMBER, scopes: frozenset[Permission] | None = None) -> Principal:
    return Principal("user:x", "Pat", agency, role, scopes)


@pytest.fixture
def policy(database: Database) -> Policy:
    return Policy(database, max_tokens=1024)


def test_every_role_has_its_line_and_operators_see_no_content() -> None:
    assert set(ROLES) == set(Role)
    assert not ROLES[Role.OPERATOR] & CONTENT
    assert not ROLES[Role.AUDITOR] & {Permission.ASK, Permission.READ_DOCUMENTS, Permission.WRITE_DOCUMENTS}
    assert Permission.READ_LEDGER not in ROLES[Role.MEMBER]


def test_scopes_narrow_and_never_widen(education: Agency) -> None:
    narrow = principal(education, Role.MEMBER, frozenset({Permission.READ_DOCUMENTS, Permission.MANAGE_AGENCY}))
    assert allowed(narrow) == {Permission.NONE, Permission.SIGN_IN, Permission.READ_DOCUMENTS}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR])
async def test_who_may_not_ask_is_told_so(policy: Policy, education: Agency, role: Role) -> None:
    with pytest.raises(Forbidden):
        await policy.authorize(principal(education, role), question())
    assert await policy.models(principal(education, role)) == ()


async def test_a_key_scoped_to_documents_cannot_ask(policy: Policy, education: Agency) -> None:
    with pytest.raises(Forbidden):
        await policy.authorize(principal(education, scopes=frozenset({Permission.WRITE_DOCUMENTS})), question())


async def test_an_unknown_model_is_not_found(policy: Policy, education: Agency) -> None:
    with pytest.raises(NotFound) as missing:
        await policy.authorize(principal(education), question(model="gpt-4o"))
    assert (missing.value.code, missing.value.param) == ("model_not_found", "model")


IMPOSSIBLE: list[tuple[tuple[Message, ...], dict[str, Any], str]] = [
    ((), {"max_tokens": 0}, "max_tokens"),
    ((), {"max_tokens": -1}, "max_tokens"),
    ((), {"max_tokens": 10**9}, "max_tokens"),
    ((), {"temperature": -0.1}, "temperature"),
    ((), {"temperature": 2.1}, "temperature"),
    ((), {"temperature": float("nan")}, "temperature"),
    ((), {"top_p": 1.5}, "top_p"),
    ((), {"top_p": 0.0}, "top_p"),
    ((), {"seed": 2**63}, "seed"),
    ((), {"stop": ("",)}, "stop"),
    ((), {"stop": tuple("abcde")}, "stop"),
    ((Message("system", "Be brief."),), {}, "messages"),
    ((Message("user", " \n"),), {}, "messages"),
    ((Message("user", "a"), Message("tool", "b")), {}, "messages[1].role"),  # type: ignore[arg-type]
    ((Message("user", "a\0b"),), {}, "messages[0].content"),
    ((Message("user", "a\ud800b"),), {}, "messages[0].content"),
]


async def test_impossible_questions_name_the_field(policy: Policy, education: Agency) -> None:
    for messages, sampling, param in IMPOSSIBLE:
        with pytest.raises(InvalidRequest) as refused:
            await policy.authorize(principal(education), question(*messages, **sampling))
        assert refused.value.param == param


async def test_max_tokens_is_kept_and_its_limit_named(policy: Policy, education: Agency) -> None:
    assert (await policy.authorize(principal(education), question(max_tokens=7))).max_tokens == 7
    assert (await policy.authorize(principal(education), question())).max_tokens == 1024
    with pytest.raises(InvalidRequest, match="from 1 to 1,024"):
        await policy.authorize(principal(education), question(max_tokens=2000))
