"""From a function's types: a schema that an engine can hold an answer to, and inputs that come back as they went in."""

import json
import re
from typing import Annotated, Any, Literal, NamedTuple

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kit.garden import TOOLS, Gardener, House, cost, greenhouse, nothing
from tests.quality.tree import ROOT

from publius.inference.grammar.ebnf import Grammar
from publius.inference.grammar.schema import Compiler
from publius.kit import Ask, Between, Derivation, InvalidInput, Kind, Money, Result, Whole, YesNo, tool
from publius.kit.fuzzing import arguments
from publius.policy import schema as policy

FUZZ = settings(deadline=None, max_examples=100)
ASK = Ask("How much?")


@pytest.mark.parametrize("each", TOOLS, ids=lambda each: each.name)
def test_every_schema_can_be_guaranteed_by_an_engine(each):
    jsonschema.Draft202012Validator.check_schema(each.schema())
    policy.check(each.schema(), "schema", strict=True)
    grammar = Grammar()
    assert grammar.text(Compiler(grammar, each.schema()).root())


Return = NamedTuple("Return", [(f"line_{number}", Annotated[Money, ASK]) for number in range(20)])  # type: ignore[misc]


def test_two_lists_of_people_with_twenty_amounts_each_can_still_be_guaranteed():
    def taxes(parents: Annotated[list[Return], ASK], students: Annotated[list[Return], ASK]) -> Result[int]:
        """All that is on two tax returns."""

    grammar = Grammar()
    assert grammar.text(Compiler(grammar, tool(title="Taxes")(taxes).schema()).root())


def test_the_schema_says_what_the_types_say():
    schema = cost.schema()
    assert (schema["required"], schema["additionalProperties"]) == (["year", "beds", "soil", "gardeners"], False)
    assert schema["properties"]["beds"] == {
        "description": "How many beds? Count the empty ones.", "type": "integer", "minimum": 1, "maximum": 99,
    }  # fmt: skip
    assert schema["properties"]["year"]["enum"] == ["2025-26", "2026-27"]
    assert schema["properties"]["soil"]["description"] == "What is the soil? (sand: Sand; clay: Clay)"
    assert schema["properties"]["gardeners"]["items"]["required"] == []


@FUZZ
@given(st.data(), st.sampled_from(TOOLS))
def test_what_was_given_reads_back_to_itself_as_json_and_as_a_form(data, each):
    values = data.draw(arguments(each))
    sent = json.loads(json.dumps(each.plain(values)))
    jsonschema.validate(sent, each.schema())
    assert each.read(sent) == values
    assert each.read_form(each.fields(values)) == values
    assert each(**values).derivation == each(**values).derivation


def test_a_tool_says_what_it_is():
    assert (cost.name, cost.title, cost.title_es, cost.asks) == (
        "cost",
        "Cost of a garden",
        "Costo de un jardín",
        ("garden",),
    )
    assert cost.summary == "The cost of a garden in a year, in whole dollars."
    assert cost.description.endswith("Nothing here rests on a law.")
    assert (nothing.title_es, nothing.parameters, nothing.read({})) == ("Nothing", (), {})
    wage = cost.parameter("gardeners.1.wage")
    assert (wage.kind, wage.question("es"), wage.required, wage.default) == (Kind.MONEY, "¿Cuánto gana?", False, 0)
    assert (cost.parameter("beds").help("es"), cost.parameter("gardeners.1.age")) == ("Count the empty ones.", None)


def test_what_is_left_out_has_its_default_and_what_has_none_is_missing():
    given = {"beds": "", "soil": "clay", "savings": None, "gardeners": [{}]}
    assert [parameter.name for parameter in cost.missing(given)] == ["year", "beds"]
    values = cost.read(given | {"year": "2026-27", "beds": 2})
    assert values["gardeners"] == [Gardener()]
    assert (values["state"], values["savings"], values["fenced"], values["since"]) == ("CA", None, False, "2020-21")


def test_a_group_stands_for_its_fields():
    assert [each.name for each in greenhouse.parameters] == ["panes", "heated", "fuel", "bill", "heaters", "year"]
    values = greenhouse.read({"panes": 12, "heated": False})
    assert greenhouse(**values).value == greenhouse(house=House(12, False)).value == 60


def test_what_is_needed_by_the_answers_so_far_is_asked_for_and_not_assumed():
    given = {"panes": "12", "heated": "sí", "heaters": "0", "bill": "0"}
    assert [each.name for each in greenhouse.missing(given)] == ["fuel", "heaters"]
    assert [each.name for each in greenhouse.missing({"heated": "perhaps"})] == ["panes"]
    with pytest.raises(InvalidInput, match=r"With what\? This is needed, and nothing is assumed") as refused:
        greenhouse.read(given)
    assert list(refused.value.problems) == ["fuel", "heaters"]
    with pytest.raises(InvalidInput) as refused:
        greenhouse.read(given | {"panes": 0})
    assert list(refused.value.problems) == ["panes", "fuel", "heaters"]
    assert greenhouse.read(given | {"fuel": "gas", "heaters": [{}]})["heaters"] == [Gardener()]


def test_a_derivation_is_told_in_spanish_by_its_words():
    result = greenhouse(house=House(1_200, False))
    assert result.text("es").splitlines() == [
        "It costs $6,000.",
        "Cristal: 6,000, $5 por cristal (Garden Act, sec. 3).",
    ]
    assert result.lines("es")[0].inputs == {"cristales": 1_200}
    assert result.lines("en") == result.derivation.lines


def test_a_result_is_text_that_can_be_cited():
    result = cost(**cost.read({"year": "2026-27", "beds": 2, "soil": "clay", "gardeners": []}))
    assert result.text("es").splitlines() == [
        "Cuesta $2,400.",
        "Cost of a bed: 1,200, by the soil (Garden Act, sec. 1).",
        "Cost: 2,400, beds x cost of a bed (Garden Act, sec. 2).",
    ]
    assert result.text().startswith("It costs $2,400.\n")
    assert Result(0, Derivation()).text() == ""


def test_the_tool_in_the_documentation_is_one():
    page = (ROOT / "docs/mission-tools.md").read_text(encoding="utf-8")
    written: dict[str, Any] = {"__name__": "documented"}
    exec(re.search(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[1], written)
    relief = written["relief"]
    result = relief(**relief.read({"meters": [{"bill": "$250"}], "home": "I rent"}))
    assert (result.value, result.told("es")) == (25, "El alivio es de $25.")


class Bare(NamedTuple):
    wage: Money = 0


def unasked(amount: Money) -> Result[int]:
    """One."""


def untyped(amount) -> Result[int]:
    """One."""


def foreign(amount: Annotated[float, ASK]) -> Result[int]:
    """One."""


def unnamed(*amounts: Annotated[Money, ASK]) -> Result[int]:
    """One."""


def bare(people: Annotated[list[Bare], ASK]) -> Result[int]:
    """One."""


def texts(people: Annotated[list[str], ASK]) -> Result[int]:
    """One."""


def silent(amount: Annotated[Money, ASK]) -> Result[int]:
    return Result(amount, Derivation())


def loose(amount: Annotated[Money, ASK]) -> int:
    """One."""


def impossible(amount: Annotated[Money, Between(0, 5), ASK] = 6) -> Result[int]:
    """One."""


def doubtful(amount: Annotated[Money | None, ASK] = 0) -> Result[int]:
    """One."""


def bounded(sure: Annotated[YesNo, Between(0, 1), ASK]) -> Result[int]:
    """One."""


def other(level: Annotated[Literal["a"], Ask("Which?", choices={"b": ("B", "B")})]) -> Result[int]:
    """One."""


def doubled(house: House, panes: Annotated[Whole, ASK]) -> Result[int]:
    """One."""


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (unasked, "unasked: the parameter amount has no Ask"),
        (untyped, "untyped: the parameter amount has no type"),
        (foreign, "amount has a type that is none of the kit's"),
        (unnamed, "cannot be an input"),
        (bare, "bare: the parameter people.wage has no Ask"),
        (texts, "people is no list of people"),
        (silent, "silent has no docstring"),
        (loose, "loose must return a Result"),
        (impossible, "amount has a default that nobody could give. .* is too large"),
        (doubtful, "amount may be None and has another default"),
        (bounded, "sure has bounds that cannot be"),
        (doubled, "there are two inputs or groups panes"),
        (other, "level has choices that its Literal does not have"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_tool_that_cannot_be_read_is_refused_as_it_is_imported(function: Any, said: str):
    with pytest.raises(TypeError, match=said):
        tool(title="Refused")(function)
