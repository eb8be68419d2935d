"""Offers side by side, what a change would do, and what may be borrowed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.missions.student_aid.asking import ANYTHING, FAMILY, ON_ONES_OWN, computed, refused

from publius.kit import load
from publius_missions.student_aid import tools
from publius_missions.student_aid.loans import LIMITS, VERIFIED

OFFER = {"tuition_and_fees": 20_000, "housing_and_food": 12_000, "books": 900, "transportation": 800, "personal": 1_300}
amounts = st.integers(0, 90_000)
offers = st.fixed_dictionaries(
    {"grants_and_scholarships": amounts, "student_loans": amounts, "parent_loans": amounts, "work_study": amounts},
    optional=dict.fromkeys(OFFER, amounts),
)


@ANYTHING
@given(offers, amounts, amounts, amounts)
def test_loans_and_work_study_never_lower_the_net_price(offer, student, parents, work):
    more = offer | {"student_loans": student, "parent_loans": parents, "work_study": work}
    (one,), (other,) = (computed(tools.compare_aid_offers, offers=[each]).value for each in (offer, more))
    assert (one.net_price, one.cost, one.left_out) == (other.net_price, other.cost, other.left_out)
    assert other.loans == student + parents


@ANYTHING
@given(st.lists(offers, min_size=2, max_size=4).flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))))
def test_the_order_of_offers_does_not_matter(both):
    one, other = (computed(tools.compare_aid_offers, offers=each).value for each in both)
    assert sorted(one) == sorted(other)


def test_the_net_price_takes_grants_alone_and_what_is_left_out_is_named():
    whole = OFFER | {"grants_and_scholarships": 15_000, "student_loans": 5_500, "work_study": 2_000}
    bare = {name: held for name, held in whole.items() if name not in ("books", "personal")}
    result = computed(tools.compare_aid_offers, offers=[whole, bare])
    assert [each.net_price for each in result.value] == [20_000, 17_800]
    assert result.value[1].left_out == ("books", "personal")
    assert "at least $17,800" in result.told() and "books and supplies, personal expenses" in result.told()
    assert "al menos $17,800" in result.told("es") and "libros y materiales, gastos personales" in result.told("es")


def what_if(change, **given):
    return computed(tools.what_if, change=change, **FAMILY | given)


def test_what_if_gives_the_index_before_and_after_and_the_lines_that_changed():
    result = what_if("one_more_in_the_family")
    for size, sai in ((4, result.value.sai_before), (5, result.value.sai_after)):
        assert computed(tools.student_aid_index, **FAMILY | {"family_size": size}).value.sai == sai
    names = result.derivation.amounts()
    assert names["before: parents income protection allowance"] == 44_880
    assert names["after: parents income protection allowance"] == 52_950
    assert not any("payroll" in name for name in names)


def test_who_marries_or_turns_24_no_longer_has_parents_income_counted():
    single = {"award_year": "2026-27", "dependent": False, "student": [ON_ONES_OWN]}
    alone = computed(tools.student_aid_index, **single, family_size=1, student_married=False)
    assert what_if("turn_24", student=[ON_ONES_OWN]).value.sai_after == alone.value.sai
    two = single | {"student": [ON_ONES_OWN, ON_ONES_OWN], "family_size": 2, "student_married": True}
    married = what_if("marry", student=[ON_ONES_OWN], spouse=[ON_ONES_OWN])
    assert married.value.sai_after == computed(tools.student_aid_index, **two).value.sai


def test_a_lost_job_and_a_sold_farm():
    lost = what_if("lose_a_job", income_lost=40_000, tax_saved=4_000)
    assert lost.value.sai_after < lost.value.sai_before and "earlier year" in lost.told()
    for name in ("income_lost", "tax_saved"):
        given = {"income_lost": 1} | {name: 88_001}
        problems = refused(tools.what_if, change="lose_a_job", **FAMILY, **given).problems
        assert list(problems) == [name] and "Give at most that." in problems[name]
    farm = what_if("sell_the_farm", parents_business_farm=100_000, sale_price=100_000)
    amounts = farm.derivation.amounts()
    assert amounts["before: parents net worth"] == 40_000 and amounts["after: parents net worth"] == 100_000


def test_a_tax_that_nobody_named_is_left_and_the_result_says_what_less_of_it_would_do():
    result = what_if("lose_a_job", income_lost=40_000)
    value, none_paid = result.value, what_if("lose_a_job", income_lost=40_000, tax_saved=8_000).value
    assert (value.sai_at_most, value.pell_at_least) == (none_paid.sai_after, none_paid.pell_after)
    assert value.sai_after < value.sai_at_most
    amounts = result.derivation.amounts()
    assert amounts["after, if no income tax is paid: Student Aid Index"] == value.sai_at_most
    assert f"at most {value.sai_at_most:,}, with a Pell Grant of at least ${value.pell_at_least:,}" in result.told()
    assert f"como máximo {value.sai_at_most:,}" in result.told("es")
    for said in (0, 3_000):
        assert "left as it was" not in what_if("lose_a_job", income_lost=40_000, tax_saved=said).told()
    untaxed = [FAMILY["parents"][0] | {"income_tax": 0}]
    assert "left as it was" not in what_if("lose_a_job", income_lost=40_000, parents=untaxed).told()


def test_where_the_tax_decides_nothing_that_is_said():
    rich = [{"adjusted_gross_income": 10**8, "income_earned": 10**8, "income_tax": 10**7, "filing_status": "joint"}]
    value = (result := what_if("lose_a_job", income_lost=1_000, parents=rich)).value
    assert value.sai_after == value.sai_at_most
    assert "less tax would change neither figure" in result.told()


@ANYTHING
@given(st.integers(0, 150_000), st.integers(0, 30_000), st.integers(0, 30_000), st.integers(0, 150_000))
def test_whatever_tax_is_saved_the_result_lies_between_the_two_that_are_told(earned, tax, saved, lost):
    person = {"adjusted_gross_income": earned, "income_earned": earned, "income_tax": tax, "filing_status": "joint"}
    family = {"parents": [person], "income_lost": min(lost, earned)}
    told = what_if("lose_a_job", **family).value
    true = what_if("lose_a_job", **family, tax_saved=min(saved, tax)).value
    assert told.sai_after <= true.sai_after <= told.sai_at_most
    assert told.pell_after >= true.pell_after >= told.pell_at_least


@pytest.mark.parametrize(
    ("change", "missing"),
    [("marry", "student"), ("turn_24", "student"), ("lose_a_job", "income_lost"), ("sell_the_farm", "sale_price")],
)
def test_what_a_change_comes_with_is_asked_for(change, missing):
    assert missing in refused(tools.what_if, change=change, **FAMILY).problems


@ANYTHING
@given(st.integers(20_000, 300_000), st.integers(0, 20_000), st.integers(3, 12))
def test_one_more_in_the_family_and_a_lost_job_never_raise_the_index(earned, lost, size):
    parent = {"adjusted_gross_income": earned, "income_earned": earned, "income_tax": 0, "filing_status": "joint"}
    family = {"parents": [parent], "family_size": size}
    for change, more in (("one_more_in_the_family", {}), ("lose_a_job", {"income_lost": min(lost, earned - 1)})):
        value = what_if(change, **family, **more).value
        assert value.sai_after <= value.sai_before + 2  # The rounding of the allowances: test_properties.py.


@pytest.mark.parametrize(
    ("given", "year", "lifetime"),
    [
        ({"level": "first", "dependent": True}, 5_500, 31_000),
        ({"level": "second", "dependent": True}, 6_500, 31_000),
        ({"level": "third", "dependent": True}, 7_500, 31_000),
        ({"level": "first", "dependent": True, "plus_refused": True}, 9_500, 57_500),
        ({"level": "third", "dependent": False}, 12_500, 57_500),
        ({"level": "graduate"}, 20_500, 100_000),
        ({"level": "graduate", "borrowed_before": True}, 20_500, 138_500),
        ({"level": "graduate", "award_year": "2025-26"}, 20_500, 138_500),
        ({"level": "professional"}, 50_000, 200_000),
        ({"level": "professional", "enrolment": 50}, 25_000, 200_000),
    ],
)
def test_loan_limits_by_level_and_dependency(given, year, lifetime):
    most = computed(tools.loan_limits, **{"award_year": "2026-27"} | given)
    assert (most.value.year, most.value.lifetime) == (year, lifetime)


def test_a_limit_that_is_from_memory_says_so():
    told = computed(tools.loan_limits, award_year="2026-27", level="first", dependent=False)
    assert "not verified" in told.told("en") and "no están verificados" in told.told("es")
    seen = computed(tools.loan_limits, award_year="2026-27", level="first", dependent=True)
    assert "not verified" not in seen.told("en")


def test_parent_plus_has_an_amount_from_2026_27_on():
    now, before = (
        computed(tools.loan_limits, award_year=year, level="first", dependent=True) for year in ("2026-27", "2025-26")
    )
    assert (now.value.parent_plus_year, now.value.parent_plus_lifetime) == (20_000, 65_000)
    assert before.value.parent_plus_year is None and "cost of attendance" in before.told()


@pytest.mark.parametrize("year", ["2024-25", "2025-26", "2026-27"])
def test_every_loan_limit_names_its_law_and_how_far_it_is_verified(year):
    for name, figure in load(LIMITS, year).items():
        assert figure.value and figure.source and figure.status in VERIFIED, name


def test_later_years_of_study_never_have_a_lower_limit():
    for dependent in (True, False):
        years = [
            computed(tools.loan_limits, award_year="2026-27", level=level, dependent=dependent).value.year
            for level in ("first", "second", "third")
        ]
        assert all(lower <= higher for lower, higher in pairwise(years))
