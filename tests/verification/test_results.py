"""A tool's figures are its own: whatever is written around them, none changes its value or its place."""

from itertools import permutations

import pytest
from tests.verification.case import draft, embed, grant, question

from publius.types import Checked, Claim, Evidence, Reply, ToolResult
from publius.verification import Verifier
from publius.verification.bindings import moved

SAYS = (
    "Your Student Aid Index is 7,245. "
    "With it your Pell Grant for a full-time year is $2,150, out of the maximum of $7,395."
)
LINES = "Income protection allowance: $35,870.\nTotal income: $90,000.\nTotal allowances against income: $48,120."
RESULT = ToolResult(
    name="student_aid_index",
    title="Student Aid Index and Pell Grant",
    value={"index": 7245},
    says=SAYS,
    text=f"{SAYS}\n{LINES}",
    link="/missions/student_aid/tools/student_aid_index",
)
OTHERWISE = Reply(kind="result", text=SAYS, tool="student_aid_index")


async def written(text: str, finish_reason: str = "stop") -> Checked:
    evidence = Evidence(tools=(RESULT,), otherwise=OTHERWISE, asked="What is my Student Aid Index and my Pell Grant?")
    return await Verifier(embed).check(grant(), question("yes"), evidence, draft(text, finish_reason))


async def test_a_result_leaves_as_the_tool_says_it_without_a_draft() -> None:
    evidence = Evidence(tools=(RESULT,), reply=OTHERWISE)
    checking = Verifier(embed).open(grant(), question("yes"), evidence)
    claims, checked = await checking.finish(draft(""))
    assert [claim.text for claim in claims] == [
        "Your Student Aid Index is 7,245.",
        "With it your Pell Grant for a full-time year is $2,150, out of the maximum of $7,395.",
    ]
    assert checked.answered and checked.claims == tuple(claims) and checked.results == (RESULT,)
    [citation] = checked.citations
    assert citation.tool == "student_aid_index" and citation.quote == RESULT.text[citation.start : citation.end] == SAYS
    assert citation.document == "Student Aid Index and Pell Grant" and citation.link == RESULT.link


async def test_a_reply_leaves_word_for_word_and_is_no_answer() -> None:
    reply = Reply(
        kind="ask", text="How many people are in your family?", asks=("family_size",), link="http://here/form"
    )
    checked = await Verifier(embed).check(grant(), question("sai?"), Evidence(reply=reply), draft(""))
    assert checked.text == "How many people are in your family?\n\nhttp://here/form"
    assert not checked.answered and checked.reply == reply and not checked.claims and not checked.citations


async def test_what_llama_says_rightly_is_kept_and_what_it_leaves_out_is_added() -> None:
    checked = await written("Your Student Aid Index is 7,245.")
    assert checked.claims[0].text == "Your Student Aid Index is 7,245."
    assert checked.text.count("7,245") == 1 and "$2,150" in checked.text and not checked.withheld


@pytest.mark.parametrize(
    "stray",
    [
        "Question: Student Aid Index is 7,245: ",
        "Question: Pell Grant for a full-time year is $2,150: …",
        "Pregunta: your Pell Grant for a full-time year is $2,150.",
        "Your Pell Grant for a full-time year is $2,150:",
        "Q: Your Student Aid Index is 7,245.",
    ],
)
async def test_a_label_or_a_question_is_no_statement_of_the_result(stray: str) -> None:
    checked = await written(f"{stray}\nYour Student Aid Index is 7,245.")
    assert stray.strip() not in checked.text and "Question" not in checked.text
    assert checked.claims[0].text == "Your Student Aid Index is 7,245." and "$2,150" in checked.text


@pytest.mark.parametrize(
    "lie",
    [
        "Your Student Aid Index is 7,254.",
        "Your Student Aid Index is -7,245.",
        "Your Student Aid Index is 2,150.",
        "Your Pell Grant is $7,395.",
        "Your Pell Grant for a full-time year is $7,395, out of the maximum of $2,150.",
        "With it your Pell Grant for a full-time year is $7,395.",
        "Your Pell Grant for a full-time year is $7,245, out of the maximum of $7,395.",
        "The total income is $35,870.",
        "The income protection allowance is $48,120.",
        "Your Student Aid Index is $90,000.",
        "Your maximum is $2,150.",
    ],
)
async def test_a_wrong_figure_never_leaves(lie: str) -> None:
    checked = await written(lie)
    assert [claim.text for claim in checked.withheld] == [lie]
    assert checked.claims[0].text == "Your Student Aid Index is 7,245."
    assert checked.text.count("7,245") == 1 and checked.text.count("2,150") == 1


async def test_no_exchange_of_figures_passes() -> None:
    sentence = "With {} your Pell Grant for a full-time year is {}, out of the maximum of {}."
    held = ("an index of 7,245", "$2,150", "$7,395")
    source = sentence.format(*held)
    for figures in permutations(held):
        assert bool(moved(sentence.format(*figures), source)) == (figures != held)
    assert not moved("Your Pell Grant for a full-time year is $2,150.", source)
    assert moved("The maximum is $2,150.", source)


async def test_nothing_is_said_twice_and_a_cut_off_draft_is_completed() -> None:
    checked = await written(f"{SAYS} Your Student Aid", "length")
    assert checked.text.count("7,245") == checked.text.count("$2,150") == 1
    assert "incomplete" in [claim.reason for claim in checked.withheld]


async def test_pieces_and_whole_give_the_same() -> None:
    said = "Your Student Aid Index is 9,999. With it your Pell Grant for a full-time year is $2,150. The end"
    whole = await written(said)
    evidence = Evidence(tools=(RESULT,), otherwise=OTHERWISE, asked="What is my Student Aid Index and my Pell Grant?")
    checking = Verifier(embed).open(grant(), question("yes"), evidence)
    claims: list[Claim] = []
    for character in said:
        claims += await checking.feed(character)
    last, checked = await checking.finish(draft(said))
    assert checked == whole
    assert tuple(claim for claim in [*claims, *last] if claim.released) == whole.claims


async def test_where_no_source_answers_the_missions_own_words_are_said() -> None:
    reply = Reply(kind="not-in-sources", text="This is not in the sources of this mission.")
    checked = await Verifier(embed).check(grant(), question("Who won?"), Evidence(otherwise=reply), draft(""))
    assert checked.text == reply.text and checked.reply == reply and not checked.answered
