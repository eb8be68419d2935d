"""Inputs of any tool at random, for its tests: whatever its types allow, edges and rare mixtures included.

Hypothesis is wanted for tests alone, and is imported here alone: nothing else in the kit imports this module.
"""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from publius.kit.kinds import Kind, Parameter
from publius.kit.tools import Tool

Strategy = st.SearchStrategy[Any]


def arguments(tool: Tool) -> "st.SearchStrategy[dict[str, Any]]":
    """Values to call `tool` with, one for each parameter, as `Tool.read` returns them; what is needed is there."""
    return _arguments(tool)


@st.composite
def _arguments(draw: st.DrawFn, tool: Tool) -> dict[str, Any]:
    values = {parameter.name: draw(value(parameter)) for parameter in tool.parameters}
    for _ in tool.parameters:  # One answer may make another one needed.
        for parameter in tool.missing(values):
            at_least_one = replace(parameter, least=max(parameter.least, 1))
            values[parameter.name] = draw(_of_kind(at_least_one if parameter.kind is Kind.PEOPLE else parameter))
    return values


def value(parameter: Parameter) -> Strategy:
    """Values of one parameter, its default among them."""
    given = _of_kind(parameter)
    return given if parameter.required else st.just(parameter.default) | given


def _of_kind(parameter: Parameter) -> Strategy:
    match parameter.kind:
        case Kind.MONEY | Kind.WHOLE:
            # Most amounts near what people have, some at the edges: both find what the other does not.
            usual = st.integers(max(parameter.least, -50_000), min(parameter.most, max(parameter.least, 300_000)))
            return usual | st.integers(parameter.least, parameter.most)
        case Kind.YES_NO:
            return st.booleans()
        case Kind.PEOPLE:
            fields = {field.name: value(field) for field in parameter.fields}
            rows = st.lists(st.builds(parameter.row, **fields), min_size=parameter.least, max_size=parameter.most)
            return rows.map(parameter.holder)
        case Kind.AWARD_YEAR if not parameter.choices:
            return st.integers(2000, 2098).map(lambda first: f"{first}-{(first + 1) % 100:02}")
    return st.sampled_from([choice.value for choice in parameter.choices])
