"""From a question to SQL by rule: only if every word of it is understood, else not at all.

How many, total, average, highest and lowest, the first few, for each; of rows where a column has a value or is over or
under a number; in English and Spanish. A question with a word that names nothing in the table is left to search: what
that word narrows, nobody here would know.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from publius.retrieval.querying.job import Asked, Column, Condition, Kind, Table, quoted
from publius.retrieval.querying.matching import TOTALS, Matched, match
from publius.retrieval.querying.words import NUMBERS, Word, is_spanish, stems, words

_N = rf"(\d{{1,2}}|{'|'.join(NUMBERS)})"
_HIGH = "highest|largest|biggest|greatest|most|maximum|max|mas alt[oa]s?|mas grandes?|mayor(?:es)?|maxim[oa]s?|mas"
_LOW = "lowest|smallest|least|fewest|minimum|min|mas baj[oa]s?|mas pequen[oa]s?|menor(?:es)?|minim[oa]s?|menos"
# Each on the question's words in small letters without accents, with one space between.
_FORMS = {
    "each": "for each|in each|by each|per|by|por cada|en cada|para cada|por",
    "distinct": "different|distinct|unique|diferentes?|distint[oa]s?|unic[oa]s?",
    "average": "on average|average|mean|en promedio|promedio|media",
    "sum": "in total|total|sum|altogether|combined|en total|suma|how much|cuanto|cuanta",
    "first": rf"(?:top|first|primer[oa]s) {_N}|{_N}(?=(?: [a-z]+){{0,6}} (?:{_HIGH}|{_LOW}))",
    "highest": f"top|{_HIGH}",
    "lowest": _LOW,
    "count": "how many|number of|count of|cuant[oa]s|numero de|cantidad de",
}
_PATTERNS = {name: re.compile(rf"\b(?:{form})\b") for name, form in _FORMS.items()}
MOST_LINES = 50  # groups of a result


class _Forms(Struct):
    """What is asked for, each with the places of its words; `first` is the number of rows of a ranking."""

    places: dict[str, set[int]]
    first: int

    def wanted(self, used: set[int]) -> set[str]:
        """What is asked for by words that are not part of a name."""
        return {name for name, places in self.places.items() if places - used} - {"each", "first"}


def asks(question: str) -> bool:
    """Whether a question could be one for a table at all: cheap, and true for many that are not."""
    text = " ".join(word.text for word in words(question))
    return any(pattern.search(text) for name, pattern in _PATTERNS.items() if name != "each")


def read(question: str, tables: Sequence[Table]) -> Asked | None:
    """What a question asks of the first table that understands all of it; None where none does."""
    asked = words(question)
    return next((found for table in tables if (found := _read(asked, table)) is not None), None)


def _read(asked: list[Word], table: Table) -> Asked | None:
    forms = _forms(asked)
    found = match(asked, table)
    if found is None:
        return None
    kind = _kind(asked, forms, found)
    if kind is None:
        return None
    measure, label = _roles(asked, kind, forms, found)
    if measure is None and kind != "count":
        return None
    subject = frozenset(stems(table.name))
    if kind == "count":
        subject |= {stem for column in table.columns if not column.numeric for stem in stems(column.name)}
    placed = set().union(*forms.places.values())
    if found.left(asked, placed, subject) or not _told_apart(kind, found, measure, label):
        return None
    return _asked(kind, table, found, measure, label, forms.first, spanish=is_spanish(asked))


def _forms(asked: list[Word]) -> _Forms:
    text, starts = "", {}
    for place, word in enumerate(asked):
        starts[len(text)] = place
        text += word.text + " "
    places: dict[str, set[int]] = {}
    first = 0
    for name, pattern in _PATTERNS.items():
        for each in pattern.finditer(text):
            here = {place for start, place in starts.items() if each.start() <= start < each.end()}
            places.setdefault(name, set()).update(here)
            if name == "first":
                said = next(group for group in each.groups() if group)
                first = NUMBERS.get(said) or int(said)
    return _Forms(places, first)


def _kind(asked: list[Word], forms: _Forms, found: Matched) -> Kind | None:
    """What is wanted; None where nothing is, or two things at once."""
    wanted = forms.wanted(found.used)
    if not wanted:  # "the total enrollment", of a column of that name
        numeric = any(named.column.numeric for named in found.columns)
        return "sum" if numeric and forms.places.keys() & {"sum", "count"} else None
    if "count" in wanted:
        wanted.discard("count")
        if wanted - {"distinct", "sum"}:
            return None
        subject = _behind(asked, forms.places["count"], found)
        if "distinct" in wanted or (subject is not None and not subject.numeric):
            return "distinct"
        return "sum" if subject is not None else "count"
    if len(wanted) != 1 or "distinct" in wanted:
        return None
    [kind] = wanted
    return kind  # type: ignore[return-value]


def _behind(asked: list[Word], places: set[int], found: Matched) -> Column | None:
    """The column that is named right behind these words, such as the states in "how many different states"."""
    begins = max(places) + 1
    while begins < len(asked) and _PATTERNS["distinct"].fullmatch(asked[begins].text):
        begins += 1
    return next((named.column for named in found.columns if named.places[0] == begins), None)


def _roles(asked: list[Word], kind: Kind, forms: _Forms, found: Matched) -> tuple[Column | None, Column | None]:
    """The column that is measured, and the one that the rows of the result are about."""
    conditioned = {condition.column for condition in found.conditions}
    free = [named for named in found.columns if named.column.name not in conditioned]
    if kind == "distinct":
        return _behind(asked, forms.places["count"], found), None
    measures = [named.column for named in free if named.column.numeric]
    if kind == "count":
        measures = []
    ranked = kind in ("highest", "lowest")
    each = forms.places.get("each", set())
    labels = [named.column for named in free if not named.column.numeric and (ranked or named.places[0] - 1 in each)]
    one = len(measures) == 1
    return (measures[0] if one else None), (labels[0] if len(labels) == 1 else None)


def _told_apart(kind: Kind, found: Matched, measure: Column | None, label: Column | None) -> bool:
    """Whether each column that is named has its part in what is asked."""
    parts = {condition.column for condition in found.conditions}
    parts |= {column.name for column in (measure, label) if column is not None}
    return {named.column.name for named in found.columns} <= parts


def _asked(
    kind: Kind,
    table: Table,
    found: Matched,
    measure: Column | None,
    label: Column | None,
    first: int,
    *,
    spanish: bool,
) -> Asked:
    without = tuple(
        (column.name, value)
        for column in table.columns
        for value in column.values
        if TOTALS.fullmatch(value.casefold())
    )
    conditions = tuple(found.conditions)
    where = [_condition(each, table) for each in conditions]
    where += [f"{quoted(column)} IS DISTINCT FROM {_text(value)}" for column, value in without]
    ending = f" WHERE {' AND '.join(where)}" if where else ""
    source = f" FROM {quoted(table.name)}{ending}"
    ranked = kind in ("highest", "lowest")
    most = (first or 1) if ranked and label else 0
    sql = _select(kind, source, measure, label, most, filtered=bool(where))
    return Asked(
        kind=kind,
        table=table.name,
        sql=sql,
        measure=measure.name if measure else "",
        label=label.name if label else "",
        most=most,
        conditions=conditions,
        without=without,
        spanish=spanish,
        # Where Ohio stands in several rows, "which state has the highest" is of single rows or of their totals.
        proviso=f"SELECT count(*) = count(DISTINCT {quoted(label.name)}){source}" if most and label else "",
    )


def _select(kind: Kind, source: str, measure: Column | None, label: Column | None, most: int, *, filtered: bool) -> str:
    column = quoted(measure.name) if measure else "*"
    value = {
        "count": "count(*)", "distinct": f"count(DISTINCT {column})", "sum": f"sum({column})",
        "average": f"avg({column})", "highest": f"max({column})", "lowest": f"min({column})",
    }[kind]  # fmt: skip
    if label is None:
        return f"SELECT {value} AS value, count({column}) AS rows{source}"
    name = quoted(label.name)
    if most:
        order = "DESC" if kind == "highest" else "ASC"
        known = f"{' AND' if filtered else ' WHERE'} {column} IS NOT NULL"
        # One more than is wanted, so that a tie at the end is seen.
        return f"SELECT {name}, {column}{source}{known} ORDER BY 2 {order}, 1 LIMIT {most + 1}"
    figures = f"{value} AS value, count({column}) AS rows"
    return f"SELECT {name}, {figures}{source} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_LINES}"


def _condition(condition: Condition, table: Table) -> str:
    column = next(each for each in table.columns if each.name == condition.column)
    values = [value if column.numeric else _text(value) for value in condition.values]
    if condition.comparison == "=" and len(values) > 1:
        return f"{quoted(condition.column)} IN ({', '.join(values)})"
    return f"{quoted(condition.column)} {condition.comparison} {values[0]}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
