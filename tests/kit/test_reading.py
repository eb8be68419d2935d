"""What cannot be used is said in plain words: what is wrong, and what to do; everything at once, in two languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kit.garden import Gardener, cost

from publius.kit import InvalidInput

GOOD = {"year": "2026-27", "beds": 2, "soil": "clay", "gardeners": []}


def problems(given, language="en"):
    with pytest.raises(InvalidInput) as refused:
        cost.read(GOOD | given, language)
    return refused.value.problems


def test_all_problems_are_said_at_once():
    said = problems(
        {"beds": -3, "soil": "mud", "savings": 10**12, "gardeners": [{}, {"wage": "abc", "age": 7}], "x": 1}
    )
    assert said == {
        "x": "There is no input with this name. The names are: year, beds, soil, gardeners, state, savings, fenced,"
        " since.",
        "beds": "-3 is too small. Give a whole number from 1 to 99.",
        "soil": "“mud” is not one of the answers. Choose one of: sand (Sand), clay (Clay).",
        "savings": "$1,000,000,000,000 is too large. Give whole dollars from -$9,999,999,999 to $9,999,999,999, without"
        " cents, such as 1234 or $1,234.",
        "gardeners.1.age": "There is no input with this name. The names are: wage, hours, trained.",
        "gardeners.1.wage": "“abc” is not an amount of money. Give whole dollars from -$9,999,999,999 to"
        " $9,999,999,999, without cents, such as 1234 or $1,234.",
    }


def test_the_whole_message_names_each_input_by_its_question():
    with pytest.raises(InvalidInput) as refused:
        cost.read({"year": "2026-27", "soil": "clay", "gardeners": [{"hours": 99}]}, "es")
    assert str(refused.value) == (
        "¿Cuántos bancales? Esto hace falta, y no se supone nada en su lugar. Dé un número entero de 1 a 99."
        " ¿Quién trabaja allí? (1) ¿Cuántas horas por semana? 99 es demasiado grande. Dé un número entero de 0 a 80."
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("year", "2031-32", "“2031-32” is not an award year that is known here. Choose one of: 2025-26, 2026-27."),
        ("since", "2026-28", "“2026-28” is not an award year that is known here. Give an award year such as 2026-27."),
        ("state", "ZZ", "“ZZ” is not a state that is known here. Give the two letters of a state, such as CA."),
        ("fenced", "perhaps", "“perhaps” is neither yes nor no. Answer yes or no."),
        ("fenced", 1, "1 is neither yes nor no. Answer yes or no."),
        ("beds", 2.5, "“2.5” is not a whole number. Give a whole number from 1 to 99."),
        ("beds", True, "“True” is not a whole number. Give a whole number from 1 to 99."),
        pytest.param("beds", 10**5000, "… is too large. Give a whole number from 1 to 99.", id="huge"),
        ("beds", {"a": 1}, "{…} is not a whole number. Give a whole number from 1 to 99."),
        ("gardeners", [{}] * 4, "The list has 4. Give a list, between brackets, of 0 to 3 entries."),
        ("gardeners", "Ann", "This is not a list. Give a list, between brackets, of 0 to 3 entries."),
        ("soil", "x" * 100, f"“{'x' * 39}…” is not one of the answers. Choose one of: sand (Sand), clay (Clay)."),
    ],
)
def test_each_kind_says_what_is_wrong_and_what_to_do(name, value, said):
    assert problems({name: value}) == {name: said}


def test_an_entry_that_is_none_is_said():
    assert problems({"gardeners": [{}, 7]}) == {
        "gardeners.1": "This is not one entry of the list. Give its answers by their names."
    }


@pytest.mark.parametrize("given", ["1.234", "12.50", "$1,234.5", 1234.5, "."])
def test_a_point_in_money_is_not_guessed_at(given):
    assert "has a point in it" in problems({"savings": given})["savings"]
    assert "lleva un punto" in problems({"savings": given}, "es")["savings"]


@pytest.mark.parametrize(
    "given", ["1,23", "12 000", "٣", "1e3", "$", "-", "nan", float("nan"), float("inf"), "9" * 41, []]
)
def test_what_is_no_amount_is_none(given):
    assert "is not an amount of money" in problems({"savings": given})["savings"]


@pytest.mark.parametrize(
    ("given", "amount"),
    [("$1,234", 1234), (" 1234 ", 1234), ("-$500", -500), ("$-500", -500), ("−5", -5), ("1,234.00", 1234), (5.0, 5)],
)
def test_amounts_are_read_as_people_write_them(given, amount):
    assert cost.read(GOOD | {"savings": given})["savings"] == amount


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("fenced", "sí", True),
        ("fenced", "No", False),
        ("year", "2026–2027", "2026-27"),
        ("year", "2025/26", "2025-26"),
        ("state", "tx", "TX"),
        ("state", "puerto rico", "PR"),
        ("soil", "Arcilla", "clay"),
        ("gardeners", [Gardener(5)], [Gardener(5)]),
    ],
)
def test_answers_are_read_as_people_give_them(name, given, value):
    assert cost.read(GOOD | {name: given})[name] == value


def test_a_form_keeps_its_places_and_its_other_fields_are_passed_over():
    fields = {
        "year": "2026-27", "beds": "2", "soil": "sand", "language": "es", "fenced": "", "gardeners.x.wage": "1",
        "gardeners.0.wage": " ", "gardeners.2.wage": "abc", "gardeners.10.hours": "3", "gardeners.10.wage": "$1,000",
    }  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        cost.read_form(fields)
    assert list(refused.value.problems) == ["gardeners.2.wage"]
    assert cost.read_form(fields | {"gardeners.2.wage": ""})["gardeners"] == [Gardener(1000, 3)]


def test_in_a_form_nobody_is_said_and_never_assumed():
    fields = {"year": "2026-27", "beds": "2", "soil": "sand"}
    assert [each.name for each in cost.missing(cost.given(fields))] == ["gardeners"]
    assert cost.read_form(fields | {"gardeners": "0"})["gardeners"] == []
    assert cost.read_form(fields | {"gardeners.0": "yes"})["gardeners"] == [Gardener()]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["wage", "hours", "0", "x"]), inner),
)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from([each.name for each in cost.parameters]), JSON), st.sampled_from(["en", "es"]))
def test_whatever_is_given_is_read_or_refused_in_sentences(given, language):
    try:
        cost(**cost.read(given, language))
    except InvalidInput as refused:
        assert refused.problems and all(sentence.endswith(".") for sentence in refused.problems.values())
