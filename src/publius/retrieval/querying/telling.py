"""What a query gave, in a sentence whose figures are the query's own; English or Spanish, as it was asked."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from publius.retrieval.querying.job import Asked, Comparison, Condition, Rows

MOST_NAMED = 12  # rows that a sentence names

_EN = {
    "count": "{there} in {table}{where}.",
    "distinct": "There are {value} different values of {measure} in {table}{where}.",
    "sum": "The total of {measure} in {table}{where} is {value}, from {rows}.",
    "average": "The average of {measure} in {table}{where} is {value}, from {rows}.",
    "highest": "The highest {measure} in {table}{where} is {value}, of {rows}.",
    "lowest": "The lowest {measure} in {table}{where} is {value}, of {rows}.",
    "first highest": "The highest {measure} in {table}{where}: {listed}.",
    "first lowest": "The lowest {measure} in {table}{where}: {listed}.",
    "each count": "Rows in {table}{where} for each {label}: {listed}.",
    "each distinct": "Different values of {measure} in {table}{where} for each {label}: {listed}.",
    "each sum": "The total of {measure} in {table}{where} for each {label}: {listed}.",
    "each average": "The average of {measure} in {table}{where} for each {label}: {listed}.",
    "row": "1 row",
    "some": "{count} rows",
    "there is": "There is {rows}",
    "there are": "There are {rows}",
    "nothing": "No row in {table}{where} has a figure for {measure}.",
    "more": "There are more.",
    "tie": "Others have the last of these figures too.",
    "without": "Rows that are totals themselves are left out.",
    "rows": "The query gives {rows} with {columns}.",
    "one": "The query gives {value}.",
    "none": "The query gives no rows.",
    "where": " where ",
    "and": " and ",
    "or": " or ",
    "=": "is",
    "<": "is under",
    "<=": "is at most",
    ">": "is over",
    ">=": "is at least",
    "about": "about {value}",
}
_ES = {
    "count": "{there} en {table}{where}.",
    "distinct": "Hay {value} valores distintos de {measure} en {table}{where}.",
    "sum": "El total de {measure} en {table}{where} es {value}, de {rows}.",
    "average": "El promedio de {measure} en {table}{where} es {value}, de {rows}.",
    "highest": "El mayor {measure} en {table}{where} es {value}, de {rows}.",
    "lowest": "El menor {measure} en {table}{where} es {value}, de {rows}.",
    "first highest": "Los mayores {measure} en {table}{where}: {listed}.",
    "first lowest": "Los menores {measure} en {table}{where}: {listed}.",
    "each count": "Filas en {table}{where} por {label}: {listed}.",
    "each distinct": "Valores distintos de {measure} en {table}{where} por {label}: {listed}.",
    "each sum": "El total de {measure} en {table}{where} por {label}: {listed}.",
    "each average": "El promedio de {measure} en {table}{where} por {label}: {listed}.",
    "row": "1 fila",
    "some": "{count} filas",
    "there is": "Hay {rows}",
    "there are": "Hay {rows}",
    "nothing": "Ninguna fila en {table}{where} tiene una cifra de {measure}.",
    "more": "Hay más.",
    "tie": "Otras filas tienen también la última de estas cifras.",
    "without": "No se cuentan las filas que son totales.",
    "where": " donde ",
    "and": " y ",
    "or": " o ",
    "=": "es",
    "<": "es menos de",
    "<=": "es como máximo",
    ">": "es más de",
    ">=": "es al menos",
    "about": "aproximadamente {value}",
}


def told(asked: Asked, result: Rows, document: str) -> str:
    """The sentences that say what an understood question gave; `document` is its table's name for people."""
    words = _ES if asked.spanish else _EN
    common = {
        "table": f"“{document}”",
        "where": _where(asked.conditions, words),
        "measure": asked.measure,
        "label": asked.label,
    }
    ending = [words["without"]] if asked.without else []
    if asked.label:
        return " ".join([*_listed(asked, result, words, common), *ending])
    [[value, rows]] = result.rows
    form = words[asked.kind] if value is not None else words["nothing"]
    counted = _rows(rows, words)
    there = words["there is" if rows == 1 else "there are"].format(rows=counted)
    said = form.format(**common, value=shown(value, words), rows=counted, there=there)
    return " ".join([said, *ending])


def gave(result: Rows) -> str:
    """The sentence that says what a query of somebody's own gave."""
    if not result.rows:
        return _EN["none"]
    if len(result.rows) == 1 and len(result.columns) == 1:
        return _EN["one"].format(value=f"{result.columns[0]} {shown(result.rows[0][0], _EN)}")
    columns = ", ".join(result.columns[:MOST_NAMED])
    said = _EN["rows"].format(rows=_rows(len(result.rows), _EN), columns=columns)
    return f"{said} {_EN['more']}" if result.more else said


def shown(value: Any, words: dict[str, str] = _EN) -> str:
    """A value as a sentence has it: thousands apart, and no more decimals than tell anything."""
    if isinstance(value, bool) or value is None:
        return str(value)
    try:
        number = Decimal(str(value)) if not isinstance(value, str) else None
    except InvalidOperation:
        number = None
    if number is None:
        return str(value)
    rounded = round(number, 2)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -4 and rounded != number:
        return words["about"].format(value=f"{rounded:,f}")
    whole, point, decimals = f"{number:,f}".partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}{point}{decimals}" if decimals else whole


def _listed(asked: Asked, result: Rows, words: dict[str, str], common: dict[str, str]) -> list[str]:
    """A ranking, or a figure for each."""
    rows = result.rows[: asked.most] if asked.most else result.rows
    if not rows:
        return [words["nothing"].format(**common)]
    named = "; ".join(f"{name} {shown(value, words)}" for name, value, *_ in rows[:MOST_NAMED])
    form = words[f"{'first' if asked.most else 'each'} {asked.kind}"]
    said = [form.format(**common, listed=named)]
    if len(rows) > MOST_NAMED:
        said.append(words["more"])
    elif asked.most and _tied(result.rows, asked.most):
        said.append(words["tie"])
    return said


def _rows(count: int, words: dict[str, str]) -> str:
    return words["row"] if count == 1 else words["some"].format(count=f"{count:,}")


def _tied(rows: Sequence[tuple[Any, ...]], most: int) -> bool:
    return len(rows) > most and rows[most][1] == rows[most - 1][1]


def _where(conditions: Sequence[Condition], words: dict[str, str]) -> str:
    if not conditions:
        return ""
    return words["where"] + words["and"].join(_condition(condition, words) for condition in conditions)


def _condition(condition: Condition, words: dict[str, str]) -> str:
    comparison: Comparison = condition.comparison
    return f"{condition.column} {words[comparison]} {words['or'].join(condition.values)}"
