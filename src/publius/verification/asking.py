"""What kind of thing a question asks for, and whether a text has one."""

import re
from collections.abc import Sequence
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
    DAY = "day or year"  # of something that has happened, which no duration tells
    NAME = "name"
    PHONE = "telephone number"
    FAX = "fax number"
    SOME_FIGURE = "figure of some kind"  # its words speak of a measure and do not say of which, or of a numbered thing


_TIMES = {
    "day": "day", "dia": "day", "week": "week", "semana": "week", "month": "month", "mes": "month", "year": "year",
    "ano": "year", "hour": "hour", "hora": "hour", "minute": "minute", "minuto": "minute", "second": "second",
    "segundo": "second", "semester": "semester", "semestre": "semester", "quarter": "quarter",
}  # fmt: skip
_UNITS = rf"(?:{'|'.join(_TIMES)})(?:e?s)?"
# `What is the price of a pass` and `qué es el precio` want the word explained, not an amount.
_ASKED = [
    (Expected.FAX, r"fax(?: number)?; (?:numero de )?fax"),
    (Expected.PHONE, r"""(?:tele)?phone number; number (?:to|can i|do i) call; numero de telefono"""),
    (Expected.PERCENT, r"""what (?:percent|percentage|share); which percentage; what %; que porcentaje;
        percent of; percentage of; interest rates?; (?:tasa|tipo) de interes"""),
    (Expected.DURATION, rf"""how (?:long|soon|late|fast|quickly|far in advance);
        (?:how many|cuant[oa]s) (?:\w+ )?(?:{_UNITS}); cuanto tiempo; how often; con que frecuencia;
        in (?:{_UNITS}); (?:processing|waiting|response) times?"""),
    (Expected.MONEY, r"""how much (?:money|can|does|do|is|are|will|would|did|was|must|should|may);
        how (?:expensive|costly);
        (?:what|which|que|cual)(?! es (?:el|la)\b(?<=que es ..)|[^?!]{0,40} price of an?\b)[^?!]{0,60}
        (?:costs?|prices?|fees?|charged?|rents?|salary|precio|costo|alquiler);
        cuanto (?:dinero|cuesta|cobra|puedo|puede|vale); dollar; (?:maximum|minimum|largest)
        (?:amount|award|fine|loan|grant)"""),
    (Expected.DAY, r"""when (?:was|were|did); (?:in|on) (?:what|which) (?:years?|dates?|days?); cuando (?:fue|fueron);
        en que (?:fecha|ano|dia) (?:fue|fueron)"""),
    (Expected.DATE, r"""when (?:is|does|do|must|will|can);
        (?:what|which|by what) (?:dates?|days?|years?|months?);
        deadline; cuando; en que (?:fecha|ano|dia); que dia; fecha limite"""),
    (Expected.FIGURE, r"""how (?:many|much|old|big|large|small|tall|high|deep|far|few); cuant[oa]s?; que edad;
        what
        (?:number|age|amount|size|length)"""),
    (Expected.NAME, r"""who; whom; whose; quien(?:es)?; which
        (?:country|president|secretary|agency|office|state|person|treaty|company|committee)"""),
    (Expected.SOME_FIGURE, r"""numbers?; count; ceiling; cap; limits?; threshold; cut-?off;
        rates?; minimum; maximum; size; votes?; length; amounts?; age; shortest; longest; largest; percent; years?;
        days?; dates?; when; hours; edad; dia; (?:which|what) (?:levels?|phases?|sections?|versions?|releases?);
        que (?:nivel|fase|seccion|version)"""),
]  # fmt: skip
_EXPECTED = [(kind, re.compile(rf"\b(?:{either(written)})(?!\w)")) for kind, written in _ASKED]
_TIME_UNITS = frozenset(_TIMES.values())
_ASKED_UNIT = re.compile(rf"\b(?:how many|cuant[oa]s|in) (?:\w+ )?({'|'.join(_TIMES)})(?:e?s)?\b")
# How often: "daily" is a duration in one word.
_RHYTHM = re.compile(
    r"\b(?:dai|week|month|year|quarter|annual|hour)ly\b"
    r"|\b(?:each|every|once an?) (?:day|week|month|year|quarter|hour)\b"
    r"|\b(?:diari|semanal|mensual|anual)\w*|\bcada (?:dia|semana|mes|ano|hora)\b"
)


def expected(question: str) -> Expected | None:
    """What kind of thing `question` asks for, if its words say so."""
    folded = fold(question)
    return next((kind for kind, pattern in _EXPECTED if pattern.search(folded)), None)


def unit(question: str) -> str:
    """The unit of time that `question` wants its answer in: `how many weeks`; "" where it does not say."""
    found = _ASKED_UNIT.search(fold(question))
    return _TIMES[found[1]] if found else ""


def holds(text: str, kind: Expected | None, unit: str = "", given: Sequence[Figure] = ()) -> bool:
    """Whether `text` has a thing of the kind that was asked for; of `unit`, if one was named.

    A figure that stands in the question, one of `given`, is no answer to it.
    """
    if kind is Expected.DURATION and unit:
        return any(figure.unit == unit for figure in figures.read(text))
    if kind is None:
        return True
    if kind is Expected.NAME:
        return bool(names.read_names(text))
    if kind is Expected.FAX and "fax" not in fold(text):
        return False
    if kind is Expected.DURATION and _RHYTHM.search(fold(text)):
        return True
    return any(
        _fits(figure, kind) and not figures.stands(figure, given) for figure in figures.read(text) if not figure.weak
    )


def _fits(figure: Figure, kind: Expected) -> bool:
    match kind:
        case Expected.PERCENT:
            return figure.kind is Kind.PERCENT
        case Expected.MONEY:
            return figure.kind is Kind.MONEY
        case Expected.DURATION:
            return figure.unit in _TIME_UNITS
        case Expected.DAY:
            return figure.kind in {Kind.DATE, Kind.YEARS}
        case Expected.DATE:
            return figure.kind in {Kind.DATE, Kind.YEARS, Kind.TIME} or figure.unit in _TIME_UNITS
        case Expected.PHONE | Expected.FAX:
            return figure.unit == "phone"
        case Expected.SOME_FIGURE:
            return True
        case _:
            counted = figure.kind is Kind.NUMBER and figure.unit not in _TIME_UNITS
            return counted or figure.kind in {Kind.PERCENT, Kind.MONEY}
