"""What holds for every family: more income, a bigger family, the bounds; and the places where the law itself jumps."""

from hypothesis import given, settings
from hypothesis import strategies as st

from publius_missions.student_aid.application import Application, Contributor, FilingStatus, Return, Unit
from publius_missions.student_aid.index import student_aid

EXAMPLES = settings(max_examples=150, deadline=None)
dollars = st.integers(0, 400_000)
amounts = st.integers(-50_000, 400_000)


@st.composite
def people(draw):
    return Contributor(
        adjusted_gross_income=draw(amounts),
        income_earned=draw(dollars),
        income_tax=draw(st.integers(0, 60_000)),
        tax_exempt_interest=draw(st.integers(0, 5_000)),
        pensions=draw(st.integers(0, 20_000)),
        pension_rollover=draw(st.integers(0, 20_000)),
        education_credits=draw(st.integers(0, 2_500)),
        schedule_c=draw(st.integers(-20_000, 20_000)),
        other_schedules=draw(st.booleans()),
        filing_status=draw(st.integers(FilingStatus.SINGLE, FilingStatus.SURVIVING_SPOUSE)),
        filed=draw(st.sampled_from(Return)),
        earned_income_credit=draw(st.booleans()),
    )


@st.composite
def units(draw):
    return Unit(
        people=tuple(draw(st.lists(people(), min_size=1, max_size=2))),
        married=draw(st.booleans()),
        cash=draw(dollars),
        investments=draw(dollars),
        business_farm=draw(st.integers(0, 2_000_000)),
        child_support=draw(st.integers(0, 30_000)),
    )


@st.composite
def applications(draw):
    parents = draw(st.none() | units())
    return Application(
        award_year=draw(st.sampled_from(("2025-26", "2026-27"))),
        student=draw(units()),
        parents=parents,
        family_size=draw(st.integers(1, 12)),
        state=draw(st.sampled_from(("", "NJ", "AK", "HI", "FC"))),
        benefits=draw(st.booleans()),
    )


def sai(application):
    return student_aid(application).value.sai


def with_income(application, whose, agi, earned=None):
    """The same application with another adjusted gross income of the first person of a unit, and other earnings."""
    unit = getattr(application, whose)
    first = unit.people[0]._replace(adjusted_gross_income=agi)
    first = first if earned is None else first._replace(income_earned=earned)
    return application._replace(**{whose: unit._replace(people=(first, *unit.people[1:]))})


def income_for_pell(application):
    """The income that the maximum Pell Grant looks at; its test begins above zero."""
    return student_aid(application).derivation.amounts()["income for Pell"]


@EXAMPLES
@given(applications(), st.sampled_from(("student", "parents")), amounts, amounts)
def test_more_income_never_lowers_the_index_but_where_income_first_rises_above_zero(application, whose, one, other):
    whose = whose if application.parents else "student"
    less, more = (with_income(application, whose, agi) for agi in sorted((one, other)))
    if (income_for_pell(less) > 0) == (income_for_pell(more) > 0):
        assert sai(less) <= sai(more)


def test_the_jump_the_first_dollar_of_income_gives_the_maximum_grant_and_an_index_of_at_most_zero():
    """20 U.S.C. 1070a(b)(1)(A) asks for income greater than zero, so that one dollar more can lower the index."""
    saved = Unit((Contributor(other_schedules=True),), cash=200_000)
    none, one = (with_income(Application("2026-27", saved), "student", agi) for agi in (0, 1))
    assert sai(none) > 0 >= sai(one)


@EXAMPLES
@given(applications(), st.integers(1, 300_000), st.integers(1, 100_000))
def test_more_earnings_lower_the_index_by_no_more_than_the_rounding_of_three_allowances(application, earned, raised):
    """Payroll taxes are rounded twice and the employment expense once: together less than two dollars of allowance."""
    whose = "parents" if application.parents else "student"
    less, more = (with_income(application, whose, each, each) for each in (earned, earned + raised))
    if (income_for_pell(less) > 0) == (income_for_pell(more) > 0):
        assert sai(less) <= sai(more) + 2


@EXAMPLES
@given(applications())
def test_the_bounds_hold(application):
    aid = student_aid(application).value
    assert -1_500 <= aid.sai <= 999_999
    assert aid.sai <= 0 or not aid.max_pell
    assert 0 <= aid.pell <= 7_395 and aid.pell % 5 == 0
    assert aid.pell == 7_395 or not aid.max_pell
    assert aid.pell == 0 or aid.pell >= 740


@EXAMPLES
@given(applications(), st.integers(1, 6))
def test_a_bigger_family_never_raises_the_index_within_a_formula(application, more):
    bigger = application._replace(family_size=application.family_size + more)
    if bigger.formula == application.formula:
        assert sai(bigger) <= sai(application)


@EXAMPLES
@given(applications())
def test_the_same_inputs_give_the_same_derivation(application):
    assert student_aid(application) == student_aid(application)
