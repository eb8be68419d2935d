"""The tools of this mission: what a person, Llama or a program can have computed, each with its derivation."""

from typing import Annotated, Literal

from publius.kit import AwardYear, Between, Derivation, Result, Whole, YesNo, load, tool
from publius_missions.student_aid import (
    changes,
    checklist,
    contradictions,
    deciding,
    dependency,
    loans,
    pell,
    situation,
    telling,
)
from publius_missions.student_aid.index import HIGHEST, LOWEST, TABLES, Aid, student_aid
from publius_missions.student_aid.offers import Offer, Price, price
from publius_missions.student_aid.questions import SPANISH, asked
from publius_missions.student_aid.situation import Owned, Situation


@tool(
    title="Student Aid Index and Pell Grant",
    es="Índice de Ayuda Estudiantil (SAI) y Beca Federal Pell",
    asks=(
        *("student aid index", "sai", "pell", "pell grant", "federal pell grant"),
        *("índice de ayuda estudiantil", "beca pell", "beca federal pell", "cuánta beca pell"),
    ),
    needed=situation.needed,
    faults=contradictions.faults,
    turns_on=deciding.single_parent,
)
def student_aid_index(family: Situation) -> Result[Aid]:
    """The Student Aid Index and the Federal Pell Grant of one student, from the family's own answers.

    Whole dollars of the tax year whose income counts. Refused: an award year or a figure of its tables that is not
    known, and answers that exclude each other. HEA sec. 401, 473 and 475 to 480,
    20 U.S.C. 1070a and 1087mm to 1087vv.
    """
    result = student_aid(family.application())
    return Result(result.value, result.derivation, telling.of_aid(family, result), SPANISH)


@tool(
    title="Pell Grant for my enrolment and college",
    es="Beca Pell según mi inscripción y universidad",
    asks=(
        *("part-time", "half-time", "enrollment intensity", "credits", "medio tiempo", "tiempo parcial", "créditos"),
        *("pell", "pell grant", "beca pell"),
    ),
    turns_on=deciding.minimum_by_income,
)
def pell_grant(
    award_year: Annotated[AwardYear, asked("award_year")],
    student_aid_index: Annotated[Whole, Between(LOWEST, HIGHEST), asked("student_aid_index")],
    maximum_pell: Annotated[YesNo, asked("maximum_pell")] = False,
    minimum_pell: Annotated[YesNo, asked("minimum_pell")] = False,
    enrolment: Annotated[Whole, Between(1, pell.FULL_TIME), asked("enrolment")] = pell.FULL_TIME,
    credits: Annotated[Whole | None, Between(1, 30), asked("credits")] = None,
    cost_of_attendance: Annotated[Owned | None, asked("cost_of_attendance")] = None,
    other_grants: Annotated[Owned, asked("other_grants")] = 0,
    bachelors_degree: Annotated[YesNo, asked("bachelors_degree")] = False,
) -> Result[int]:
    """The Federal Pell Grant of a year in dollars, for full-time or part-time study, within the cost of attendance.

    There is none after a first bachelor's degree. An award year that is not known is refused. HEA sec. 401(b) and (c),
    20 U.S.C. 1070a(b) and (c).
    """
    year, derivation = load(TABLES, award_year), Derivation()
    said_of_it = {"award_year": award_year, "student_aid_index": student_aid_index, "maximum_pell": maximum_pell}
    may_be_more = not minimum_pell and bool(deciding.minimum_by_income(said_of_it))
    by_income = minimum_pell or None  # what nobody said is no ground
    scheduled = pell.scheduled_award(student_aid_index, maximum_pell, by_income, year, derivation, bachelors_degree)
    percent = enrolment if credits is None else pell.intensity_of(credits, derivation)
    award = pell.for_enrolment(scheduled, percent, derivation)
    if cost_of_attendance is not None:
        award = pell.within_cost(award, cost_of_attendance, other_grants, year, derivation)
    told = telling.of_pell(award_year, percent, derivation, has_degree=bachelors_degree, minimum_open=may_be_more)
    return Result(award, derivation, told, SPANISH)


@tool(
    title="Am I dependent?",
    es="¿Soy estudiante dependiente?",
    asks=(
        *("am i dependent", "am i independent", "am i a dependent", "am i an independent", "dependent or independent"),
        *("soy … dependiente", "soy … independiente", "dependiente o independiente"),
        *("is he|she dependent|independent", "is my … dependent|independent", "es mi … dependiente|independiente"),
        *("+ need … their|parents|parent|parents' info|information|data|income|signature", "+ put … parents on"),
        *("+ necesito … sus|padres datos|información|firma", "+ necesito … datos|información|firma … padres"),
    ),
    needed=dependency.needed,
    faults=dependency.faults,
)
def am_i_dependent(answers: dependency.Answers) -> Result[dependency.Dependency]:
    """Whether a student is dependent: the law's questions in order, until one of them is answered with yes.

    Where the answers do not decide yet, the next question is named. HEA sec. 480(d), 20 U.S.C. 1087vv(d).
    """
    derivation = Derivation()
    status = dependency.dependency(answers, derivation)
    return Result(status, derivation, telling.of_dependency(answers.award_year, status), SPANISH)


@tool(
    title="What do I need for the FAFSA form?",
    es="¿Qué necesito para el formulario FAFSA?",
    asks=("what do i need", "checklist", "contributor", "fsa id", "qué necesito", "lista", "contribuyente"),
    needed=checklist.needed,
)
def what_do_i_need(student: checklist.Filer) -> Result[checklist.Checklist]:
    """Who must contribute and consent, and what to have at hand, for one student's situation.

    Each line says why a thing is needed and of how many people. It must be said who is in the family. HEA sec. 480
    and 483, 20 U.S.C. 1087vv and 1090.
    """
    derivation = Derivation()
    items = tuple(checklist.items(student))
    needed = checklist.checklist(student, items, derivation)
    return Result(needed, derivation, telling.of_checklist(student, needed, items), SPANISH | checklist.spanish(items))


@tool(
    title="Compare my aid offers",
    es="Comparar mis ofertas de ayuda",
    asks=("compare", "aid offer", "award letter", "net price", "comparar", "oferta de ayuda", "precio neto"),
)
def compare_aid_offers(offers: Annotated[list[Offer], Between(1, 10), asked("offers")]) -> Result[tuple[Price, ...]]:
    """What each college's offer really costs in a year: all costs less grants and scholarships, loans never counted.

    Whole dollars of one year. What an offer does not state is named, and its net price is then at least so much.
    GAO-23-104708; HEA sec. 472, 20 U.S.C. 1087ll.
    """
    derivation = Derivation()
    prices = tuple(price(number, offer, derivation) for number, offer in enumerate(offers, 1))
    return Result(prices, derivation, telling.of_offers(prices), SPANISH)


@tool(
    title="What if?",
    es="¿Y si...?",
    asks=tuple(f"{supposed} … {change}" for supposed in changes.SUPPOSED for change in changes.HAPPENS),
    needed=changes.needed,
    faults=changes.faults,
    turns_on=deciding.single_parent,
)
def what_if(
    change: Annotated[
        Literal["marry", "turn_24", "lose_a_job", "one_more_in_the_family", "parents_divorce", "sell_the_farm"],
        asked("change.what"),
    ],
    family: Situation,
    details: changes.Change,
) -> Result[changes.Comparison]:
    """What one change would do to the Student Aid Index and the Pell Grant: both results, and the lines that changed.

    Whole dollars. Refused where the change cannot be, or what it comes with was not said. The law is that of
    `student_aid_index`.
    """
    then = changes.after(change, family, details)
    bound = changes.untaxed(change, family, details)
    result = changes.compare(family, then, changes.after(change, family, bound) if bound else None)
    return Result(result.value, result.derivation, telling.of_change(change, family, details, result), SPANISH)


@tool(
    title="How much may I borrow?",
    es="¿Cuánto puedo pedir prestado?",
    asks=(
        *("loan limit", "borrow", "direct loan", "plus loan", "límite de préstamos", "pedir prestado", "préstamo"),
        *("how much … loan", "loan … how much", "loan amount", "maximum loan", "max loan"),
    ),
    needed=loans.needed,
)
def loan_limits(borrower: loans.Borrower) -> Result[loans.Loans]:
    """The most that may be borrowed in federal Direct Loans, in the year and in all, with each figure's status.

    Whole dollars. An award year that is not known is refused. HEA sec. 428, 428H and 455, 20 U.S.C. 1078, 1078-8
    and 1087e; Public Law 119-21 from 1 July 2026.
    """
    derivation = Derivation()
    most = loans.limits(borrower, derivation)
    return Result(most, derivation, telling.of_loans(borrower, most, derivation), SPANISH)
