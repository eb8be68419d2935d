"""The promise: a student who talks to the mission comes to the Department's own figures, in English and in Spanish."""

import pytest
from tests.missions.test_conversation import Talk

INCOME = (
    "My parents' adjusted gross income was $39,078, they earned $38,009 and paid $1,208 income tax, they filed jointly"
)
ALL_IN_SPANISH = (
    "¿Cuál sería mi Índice de Ayuda Estudiantil para 2026-27? Soy dependiente, somos 3 en la familia."
    " Mis padres: ingreso bruto ajustado $39,078, sueldo $38,009, impuestos $1,208"
)


@pytest.mark.parametrize(
    ("said", "tool", "told"),
    [
        (
            ["What would my Student Aid Index be for 2026-27?", "I am a dependent student, family of 3", INCOME, "yes"],
            "student_aid_index",
            ("-1,401", "$7,395"),
        ),
        ([ALL_IN_SPANISH, "sí"], "student_aid_index", ("-1,401", "$7,395", "Índice de Ayuda Estudiantil")),
        (
            ["How much Pell would I get in 2026-27 if my SAI is 3,275 and I take 6 credits?", "yes"],
            "pell_grant",
            ("$2,060", "$4,120"),
        ),
        (
            ["Am I a dependent student for 2026-27? I was born in 2006", "no", "no", "no", "no", "yes", "yes"],
            "am_i_dependent",
            ("independent", "married"),
        ),
        (
            ["Compare my aid offers: tuition $20,000, housing $10,000, grants $12,000, loans $5,500", "yes"],
            "compare_aid_offers",
            ("$18,000", "books and supplies"),
        ),
        (
            ["How much may I borrow in 2026-27? I am a dependent first year student", "yes"],
            "loan_limits",
            ("$5,500", "$31,000", "$20,000"),
        ),
        (
            ["What do I need for the FAFSA 2026-27? I'm dependent, my parents live together, I am a citizen", "yes"],
            "what_do_i_need",
            ("other parent", "StudentAid.gov"),
        ),
    ],
    ids=lambda given: given if isinstance(given, str) else "-",
)
async def test_a_conversation_comes_to_the_right_figures(building, education, said, tool, told):
    await building.missions.turn(education, "student_aid", True, "user:1")
    talk = Talk(building, education, "mission:student_aid")
    *before, last = [await talk.say(text) for text in said]
    assert [each.checked.reply.kind for each in before if each.checked.reply][-1] == "confirm"
    assert [result.name for result in last.checked.results] == [tool]
    assert all(figure in last.checked.text for figure in told), last.checked.text


MOTHER = (
    "What would my Pell be for 2026-27? I am dependent, family of 3, my mother's AGI is 52,000, wages 52,000, tax 3,000"
)


@pytest.mark.parametrize(
    ("said", "told", "never"),
    [
        ([MOTHER, "head of household", "yes"], ("$7,395",), ()),
        ([MOTHER, "HOH", "yes"], ("$7,395",), ()),
        ([MOTHER, "I'm not sure", "yes"], ("$6,585", "head of household"), ()),
        ([MOTHER, "she filed single", "no", "yes"], ("$6,585", "earned income credit"), ("head of household",)),
        ([MOTHER, "soltera", "yes", "yes"], ("$7,395",), ()),
        (["Pell for an SAI of 9000 in 2026-27", "I don't know", "yes"], ("$0", "$740"), ("does not apply",)),
        (["Pell for an SAI of 9000 in 2026-27", "yes", "yes"], ("$740",), ("Submission Summary",)),
    ],
)
async def test_what_alone_decides_is_asked_for_and_may_be_unknown(building, education, said, told, never):
    await building.missions.turn(education, "student_aid", True, "user:1")
    talk = Talk(building, education, "mission:student_aid")
    kinds = [(await talk.say(text)).checked.reply for text in said[:-1]]
    assert [each.kind for each in kinds] == ["ask"] * (len(said) - 2) + ["confirm"]
    last = await talk.say(said[-1])
    assert all(each in last.checked.text for each in told), last.checked.text
    assert not any(each in last.checked.text for each in never)
