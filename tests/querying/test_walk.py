"""A table asked by query through the whole building: by API, by question, by page; with its label, record and SQL."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import duckdb
import httpx
import pytest
from tests.serving import serving
from tests.web.people import Person, words

from publius import flow
from publius.application import Application
from publius.errors import UnreadableDocument
from publius.inference.echo import EchoEngine, echo
from publius.inference.engine import Request
from publius.inference.writer import Writer
from publius.ledger import body as bodies
from publius.retrieval.querying.asking import Tables
from publius.retrieval.querying.sandbox import Queries
from publius.types import Agency, Answer, Door, Message, Principal, Question, Role, ToolCall

GRANTS = b"""State,County,Obligated Amount,Fiscal Year
Ohio,Adams,"$1,200.50",2023
Ohio,Brown,(300.25),2024
Texas,Travis,"$2,500.00",2023
Texas,Bexar,,2024
"""
MEMO = b"# Memo on grants\n\nThe grants of Ohio were announced in the spring. Questions go to the grants office.\n"


@pytest.fixture
async def grants(building: Application, education: Agency) -> UUID:
    await building.retrieval.add(education, "user:1", "memo.md", MEMO)
    return (await building.retrieval.add(education, "user:1", "grants.csv", GRANTS)).document_id


@pytest.fixture
async def address(building: Application) -> AsyncIterator[str]:
    async with serving(building) as found:
        yield found


@pytest.fixture
async def http(address: str, building: Application, education: Agency) -> AsyncIterator[httpx.AsyncClient]:
    token, _ = await building.identity.keys.create(education, "tests")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60, verify=False) as opened:
        yield opened


async def ask(http: httpx.AsyncClient, question: str) -> dict[str, object]:
    body = {"model": "library", "messages": [{"role": "user", "content": question}]}
    return (await http.post("/v1/chat/completions", json=body)).json()  # type: ignore[no-any-return]


async def test_a_query_gives_its_rows_its_sql_its_label_and_a_record(
    http: httpx.AsyncClient, grants: UUID, building: Application, education: Agency
) -> None:
    tables = (await http.get(f"/v1/documents/{grants}/tables")).json()["data"]
    assert [(one["name"], one["rows"]) for one in tables] == [("grants", 4)]
    assert {c["name"]: c["type"] for c in tables[0]["columns"]}["Obligated Amount"] == "DECIMAL(38,2)"
    sql = 'SELECT State, sum("Obligated Amount") AS total FROM grants GROUP BY 1 ORDER BY 1'
    said = (await http.post("/v1/query", json={"documents": [str(grants)], "sql": sql})).json()
    assert (said["columns"], said["rows"]) == (["State", "total"], [["Ohio", 900.25], ["Texas", 2500]])
    assert (said["sql"], said["label"], said["more"]) == (sql, "internal", False)
    assert said["derivation"][0]["document_id"] == str(grants) and said["derivation"][-1] == {"sql": sql}
    async with building.database.agency(education) as connection:
        rows = await (await connection.execute("SELECT body FROM ledger_records")).fetchall()
    [walk] = [bodies.read(row.body.encode()) for row in rows]
    assert isinstance(walk, bodies.Walk)
    assert (walk.outcome, walk.label, [tool.name for tool in walk.tools]) == ("answered", "internal", ["query"])
    assert str(walk.record) == said["receipt"]["record"]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT * FROM read_text('/etc/passwd')", "file system operations are disabled"),
        ("SELECT 1; DROP TABLE grants", "A query is one statement."),
        ("DELETE FROM grants", "A query reads"),
        ("SELECT nothing FROM grants", "nothing"),
    ],
)
async def test_what_is_no_query_is_refused_with_its_reason_and_recorded(
    http: httpx.AsyncClient, grants: UUID, sql: str, says: str
) -> None:
    refused = await http.post("/v1/query", json={"documents": [str(grants)], "sql": sql})
    assert refused.status_code == 400 and says in refused.json()["error"]["message"]
    assert refused.json()["error"]["param"] == "sql" and "root:" not in refused.text


async def test_a_document_that_is_no_table_or_not_there_is_said_to_be_so(
    http: httpx.AsyncClient, grants: UUID, building: Application, education: Agency
) -> None:
    memo = next(d for d in (await building.retrieval.list(education)).documents if d.name == "memo.md")
    said = await http.post("/v1/query", json={"documents": [str(memo.id)], "sql": "SELECT 1"})
    assert (said.status_code, "memo.md is no table" in said.text) == (400, True)
    assert (await http.post("/v1/query", json={"documents": [str(uuid4())], "sql": "SELECT 1"})).status_code == 404
    for body in (
        {"documents": [str(grants)]},
        {"documents": [str(grants)], "sql": "SELECT 1", "question": "x"},
        {"documents": [], "sql": "SELECT 1"},
        {"documents": [str(grants)], "question": "Is it good?"},
    ):
        assert (await http.post("/v1/query", json=body)).status_code == 400


async def test_a_table_above_the_ceiling_cannot_be_asked_and_an_answer_from_it_carries_its_label(
    http: httpx.AsyncClient, grants: UUID, building: Application, education: Agency, address: str
) -> None:
    await building.retrieval.label(education, grants, "CUI")
    for path in (f"/v1/documents/{grants}/tables", f"/v1/documents/{uuid4()}/tables"):
        assert (await http.get(path)).status_code == 404
    asked = {"documents": [str(grants)], "sql": "SELECT count(*) FROM grants"}
    hidden = await http.post("/v1/query", json=asked)
    absent = await http.post("/v1/query", json=asked | {"documents": [str(uuid4())]})
    assert (hidden.status_code, hidden.json()) == (404, absent.json())
    assert "900.25" not in json.dumps(await ask(http, "What is the total obligated amount in Ohio?"))
    token, _ = await building.identity.keys.create(education, "cleared", ceiling="CUI")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60, verify=False) as cleared:
        assert (await cleared.post("/v1/query", json=asked)).json()["label"] == "CUI"
        answer = await ask(cleared, "What is the total obligated amount in Ohio?")
    assert answer["publius"]["label"] == "CUI"  # type: ignore[index]


async def test_a_question_in_conversation_is_answered_by_the_query_alone(http: httpx.AsyncClient, grants: UUID) -> None:
    answer = await ask(http, "What is the total obligated amount in Ohio?")
    text = answer["choices"][0]["message"]["content"]  # type: ignore[index]
    assert text.startswith("The total of Obligated Amount in “grants.csv” where State is Ohio is 900.25, from 2 rows.")
    [result] = answer["publius"]["results"]  # type: ignore[index]
    assert result["name"] == "query" and "sum(" in result["arguments"]["sql"]
    [cited] = answer["publius"]["citations"]  # type: ignore[index]
    assert cited["tool"] == "query" and cited["link"].startswith(f"/documents/{grants}/query?sql=SELECT")
    other = await ask(http, "Where do questions about the grants of Ohio go?")
    assert not other["publius"]["results"] and "office" in json.dumps(other)  # type: ignore[index]


async def test_the_page_shows_columns_rows_sql_and_what_is_wrong(
    address: str, grants: UUID, building: Application, education: Agency
) -> None:
    user = await building.identity.users.create(education, "ada", role=Role.MEMBER)
    session = await building.identity.sessions.open(education, user.id)
    async with httpx.AsyncClient(base_url=address, timeout=60, verify=False) as browser:
        browser.cookies.set("publius", session)
        person = Person(browser, session)
        assert f'href="/documents/{grants}/query"' in (await person.get(f"/documents/{grants}")).text
        path = f"/documents/{grants}/query"
        shown = words(await person.get(path, params={"sql": "SELECT 1 < 2"}))
        assert "Obligated Amount DECIMAL(38,2)" in shown and "SELECT 1 < 2" in shown
        done = await person.post(path, {"asked": "SELECT State, '<b>' AS mark FROM grants LIMIT 1"})
        assert "Ohio <b>" in words(done) and "<td>&lt;b&gt;</td>" in done.text
        asked = words(await person.post(path, {"asked": "Which county has the highest obligated amount?"}))
        assert "The highest Obligated Amount in “grants.csv”: Travis 2,500." in asked
        wrong = await person.post(path, {"asked": "SELECT * FROM '/etc/passwd'"})
        assert wrong.status_code == 422 and "cannot be run" in words(wrong)
        answer = await person.ask("How many different counties are in Texas?")
        assert "There are 2 different values of County" in words(answer) and "count(DISTINCT" in words(answer)
        assert re.search(r'class="cite" href="/documents/[0-9a-f-]+/query\?sql=', answer.text)


async def test_a_parquet_file_is_a_document_and_a_table(
    http: httpx.AsyncClient, building: Application, education: Agency, tmp_path: Path
) -> None:
    file = tmp_path / "dams.parquet"
    with duckdb.connect() as connection:
        rows = "SELECT 'Dam ' || range AS name, range * 1.5 AS height, DATE '2024-01-01' AS day FROM range(40)"
        connection.execute(f"COPY ({rows}) TO '{file}' (FORMAT parquet)")
    added = await building.retrieval.add(education, "user:1", "dams.parquet", file.read_bytes())
    assert "Dam 7 | 10.5 | 2024-01-01" in (await building.retrieval.open(education, added.document_id)).text
    asked = {"documents": [str(added.document_id)], "sql": "SELECT sum(height), max(day) FROM dams"}
    assert (await http.post("/v1/query", json=asked)).json()["rows"] == [[1170, "2024-01-01"]]
    with pytest.raises(UnreadableDocument):
        await building.retrieval.add(education, "user:1", "bad.parquet", b"PAR1 and nothing else")


def propose(request: Request) -> str | Sequence[ToolCall]:
    """An engine that proposes a table's total, whatever it is asked."""
    if not any(tool.name == "ask_table" for tool in request.form.tools):
        return echo(request)
    arguments = {"kind": "sum", "measure": "Obligated Amount", "column": "State", "value": "Ohio"}
    return [ToolCall("1", "ask_table", json.dumps(arguments))]


async def test_what_llama_proposes_is_asked_back_and_counts_only_after_a_yes(
    building: Application, education: Agency, grants: UUID
) -> None:
    writer = Writer(EchoEngine(propose), b"key")
    app = replace(building, tables=Tables(building.retrieval, Queries(), writer.propose))
    who = Principal("user:1", "Ada", education, Role.MEMBER)

    async def say(*said: str) -> Answer:
        messages = tuple(Message("user" if at % 2 == 0 else "assistant", text) for at, text in enumerate(said))
        question = Question(id=uuid4(), door=Door.API, model="library", messages=messages, credential=who)
        return await flow.answer(question, app)

    first = "How much obligated money in total did Ohio receive?"
    back = await say(first)
    assert back.checked.reply is not None and back.checked.reply.kind == "confirm" and not back.checked.answered
    assert "Is this meant: “What is the total of Obligated Amount where State is Ohio?”" in back.checked.text
    assert "900" not in back.checked.text and back.label == "internal"
    assert "is 900.25, from 2 rows." in (await say(first, back.checked.text, "Yes.")).checked.text
    other = await say("How much obligated money in total did Texas receive?")  # Ohio was not said
    assert other.checked.reply is None or other.checked.reply.kind != "confirm"
