"""The kit: exact dollars, graduated schedules, and tables that say where a figure comes from, or that none is known."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publius.kit import Amounts, Derivation, InvalidInput, Result, Step, assess, dollars, load, share

LAW = """
[allowance]
source = "90 FR 1, table 1"
status = "seen"
one = 1_000
two = { value = 2_000, status = "CPI rule" }
three = { status = "not known" }
steps = [[0, 0, 10], [100, 10, 50]]
"""


@given(st.integers(-(10**10), 10**10), st.integers(0, 10_000))
def test_a_share_is_exact_with_halves_away_from_zero(amount, rate):
    exact = Fraction(amount * rate, 10_000)
    rounded = share(amount, rate)
    assert abs(rounded - exact) <= Fraction(1, 2)
    assert abs(rounded - exact) < Fraction(1, 2) or abs(rounded) > abs(exact)


@pytest.mark.parametrize(("amount", "assessed"), [(-50, -5), (0, 0), (100, 10), (101, 11), (300, 110)])
def test_a_schedule_assesses_what_is_over_each_step(amount, assessed):
    assert assess(amount, (Step(0, 0, 1_000), Step(100, 10, 5_000))) == assessed


def test_dollars_read_as_people_write_them():
    assert (dollars(1_234_567), dollars(-1_500)) == ("$1,234,567", "-$1,500")


def test_a_figure_comes_with_its_source_and_status(tmp_path):
    (tmp_path / "2030-31.toml").write_text(LAW)
    tables = load(tmp_path, "2030-31")
    assert (tables["allowance.one"].value, tables["allowance.one"].status) == (1_000, "seen")
    assert (tables["allowance.two"].value, tables["allowance.two"].status) == (2_000, "CPI rule")
    assert tables["allowance.steps"].steps == (Step(0, 0, 1_000), Step(100, 10, 5_000))
    assert {figure.source for figure in tables.values()} == {"90 FR 1, table 1"}


def test_what_is_not_known_and_a_year_that_is_not_there_are_said(tmp_path):
    for year in ("2029-30", "2030-31"):
        (tmp_path / f"{year}.toml").write_text(LAW)
    with pytest.raises(InvalidInput, match="tables of 2030-31 hold no allowance, three: it is not known"):
        load(tmp_path, "2030-31")["allowance.three"]
    with pytest.raises(InvalidInput, match=r"the year .2031-32.\. Choose one of 2029-30, 2030-31"):
        load(tmp_path, "2031-32")


def test_a_derivation_keeps_its_lines_in_order_with_their_inputs():
    derivation = Derivation()
    half = derivation.add("half", share(101, 5_000), "50 % of income", "sec. 1", income=101)
    derivation.add("twice", 2 * half, "twice the half", "sec. 2", half=half)
    assert [line.name for line in derivation.lines] == ["half", "twice"]
    assert derivation.amounts() == {"half": 51, "twice": 102}
    assert derivation.lines[0].inputs == {"income": 101}


def test_a_line_that_answers_yes_or_no_reads_so_and_keeps_its_code():
    derivation = Derivation()
    assert derivation.answer("is it so", 3, "by income", "sec. 3", income=1) == 3
    assert derivation.answer("or so", 0, "by income", "sec. 4") == 0
    result = Result(0, derivation, spanish={"is it so": "es así"})
    assert result.text("en").splitlines() == ["Is it so: yes, by income (sec. 3).", "Or so: no, by income (sec. 4)."]
    assert result.text("es").splitlines()[0] == "Es así: sí, by income (sec. 3)."
    assert derivation.amounts() == {"is it so": 3, "or so": 0}
    amounts = Amounts()
    assert (amounts.answer("is it so", 3, "", ""), amounts.amounts()) == (3, {"is it so": 3})
