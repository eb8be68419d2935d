"""What kind of thing a question asks for, and whether a text has one."""

import re
from enum import StrEnum

from publius.verification import figures, names
from publius.verification.figure import Figure, Kind
from publius.verification.words import either, fold


class Expected(StrEnum):
    """What kind of thing a question asks for."""

    FIGURE = "figure"
    DURATION = "duration"
    MONEY = "amount"
    PERCENT = "percentage"
    DATE = "date"
    NAME = "name"
    PHONE = "telephone number"
    SOME_FIGURE = "figure of some kind"  # its words speak of a measure and do not say of which


_ASKED = [
    (Expected.PHONE, r"""(?:tele)?phone number; fax(?: number)?; number (?:to|can i|do i) call;
        numero de (?:telefono|fax)"""),
    (Expected.PERCENT, r"""what (?:percent|percentage|share); which percentage; what %; que porcentaje;
        percent of; percentage of; interest rates?; (?:tasa|tipo) de interes"""),
    (Expected.DURATION, r"""how (?:long|soon|late|far in advance); (?:how many|cuant[oa]s) (?:\w+
        )?(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?|semesters?|dias|semanas|meses|anos|horas|minutos);
        cuanto tiempo; how often"""),
    (Expected.MONEY, r"""how much (?:money|can|does|do|is|are|will|would|did|was|must|should|may);
        how (?:expensive|costly);
        cuanto (?:dinero|cuesta|cobra|puedo|puede|vale); dollar; (?:maximum|minimum|largest)
        (?:amount|award|fine|loan|grant)"""),
    (Expected.DATE, r"""when (?:is|was|were|did|does|do|must|will|can);
        (?:what|which|by what|on what) (?:date|day|year|month);
        deadline; cuando; en que (?:fecha|ano|dia); fecha limite"""),
    (Expected.FIGURE, r"""how (?:many|much|old|big|large|small|tall|high|deep|far|fast|few); cuant[oa]s?; que edad;
        what
        (?:number|age|amount|size|length)"""),
    (Expected.NAME, r"""who; whom; whose; quien(?:es)?; which
        (?:country|president|secretary|agency|office|state|person|treaty|company|committee)"""),
    (Expected.SOME_FIGURE, r"""numbers?; count; price; costs?; fees?; ceiling; cap; limits?; threshold; cut-?off;
        rates?; minimum; maximum; size; votes?; length; amounts?; age; shortest; longest; largest; percent; years?;
        days?; dates?; when; hours; edad; dia; precio; costo"""),
]  # fmt: skip
_EXPECTED = [(kind, re.compile(rf"\b(?:{either(written)})(?!\w)")) for kind, written in _ASKED]
_TIME_UNITS = frozenset({"day", "week", "month", "year", "hour", "minute", "second", "semester", "quarter"})


def expected(question: str) -> Expected | None:
    """What kind of thing `question` asks for, if its words say so."""
    folded = fold(question)
    return next((kind for kind, pattern in _EXPECTED if pattern.search(folded)), None)


def holds(text: str, kind: Expected | None) -> bool:
    """Whether `text` has a thing of the kind that was asked for."""
    if kind is None:
        return True
    if kind is Expected.NAME:
        return bool(names.read_names(text))
    return any(_fits(figure, kind) for figure in figures.read(text) if not figure.weak)


def _fits(figure: Figure, kind: Expected) -> bool:
    match kind:
        case Expected.PERCENT:
            return figure.kind is Kind.PERCENT
        case Expected.MONEY:
            return figure.kind is Kind.MONEY
        case Expected.DURATION:
            return figure.unit in _TIME_UNITS
        case Expected.DATE:
            return figure.kind in {Kind.DATE, Kind.YEARS} or figure.unit in _TIME_UNITS
        case Expected.PHONE:
            return figure.unit == "phone"
        case Expected.SOME_FIGURE:
            return True
        case _:
            counted = figure.kind is Kind.NUMBER and figure.unit not in _TIME_UNITS
            return counted or figure.kind in {Kind.PERCENT, Kind.MONEY}
