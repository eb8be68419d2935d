"""What kind of thing a question asks for, and whether a text has one."""

import re
from collections.abc import Sequence
from enum import StrEnum

from publius.verification import figures, names
from publius.verification.figure import Figure, Kind
from publius.verification.words import either, fold, listed


class Expected(StrEnum):
    """What kind of thing a question asks for."""

    FIGURE = "figure"
    DURATION = "duration"
    MONEY = "amount"
    PERCENT = "percentage"
    DATE = "date"
    DAY = "day or year"  # of something that has happened, which no duration tells
    NAME = "name"
    PERSON = "person's name"  # of who holds an office: the office itself is no answer
    REASON = "reason"
    PHONE = "telephone number"
    FAX = "fax number"
    EMAIL = "e-mail address"
    SOME_FIGURE = "figure of some kind"  # its words speak of a measure and do not say of which, or of a numbered thing


_TIMES = {
    "day": "day", "dia": "day", "week": "week", "semana": "week", "month": "month", "mes": "month", "year": "year",
    "ano": "year", "hour": "hour", "hora": "hour", "minute": "minute", "minuto": "minute", "second": "second",
    "segundo": "second", "semester": "semester", "semestre": "semester", "quarter": "quarter",
}  # fmt: skip
_UNITS = rf"(?:{'|'.join(_TIMES)})(?:e?s)?"
# `Who chairs it`, `and who`, but not `the officer who asked`.
_ASKS = r"(?:(?<![a-z,] )|(?<=\band )|(?<=\bor ))"
# `What is the price of a pass` and `qué es el precio` want the word explained, not an amount.
_ASKED = [
    (Expected.REASON, r"""(?<![a-z,] )(?:why|por que|for what reason); what (?:is|was) the reason;
        cual (?:es|fue) la razon"""),
    (Expected.FAX, r"fax(?: number)?; (?:numero de )?fax"),
    (Expected.PHONE, r"""(?:tele)?phone number; number (?:to|can i|do i) call; numero de telefono"""),
    (Expected.PERCENT, r"""what (?:percent|percentage|share); which percentage; what %; que porcentaje;
        percent of; percentage of; interest rates?; (?:tasa|tipo) de interes"""),
    (Expected.DURATION, rf"""how (?:long|soon|late|fast|quickly|far in advance);
        (?:how many|cuant[oa]s) (?:\w+ )?(?:{_UNITS}); cuanto tiempo; how often; con que frecuencia;
        in (?:{_UNITS})(?= *(?:[?.,;]|$))(?<!time in years); (?:processing|waiting|response) times?"""),
    (Expected.MONEY, r"""how much (?:money|can|does|do|is|are|will|would|did|was|must|should|may);
        how (?:expensive|costly);
        (?:what|which|que|cual)(?! es (?:el|la)\b(?<=que es ..)|[^?!]{0,40} price of an?\b)[^?!]{0,60}
        (?:costs?|prices?|fees?|rents?|salary|precio|costo|alquiler);
        what (?:does|do|did|will) [^?!]{0,60} charge;
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
    (Expected.EMAIL, r"""(?:what|which)(?: is the| is your)? e-?mail; e-?mail (?:address )?(?:of|for);
        (?:direccion de )?correo electronico (?:de|para)"""),
    (Expected.PERSON, rf"""{_ASKS}who (?:is|was|are|were)(?= (?:\w+ ){{0,2}}?(?:the|our|its)\b);
        quien(?:es)? (?:es|fue|son|era|fueron)(?= (?:el|la|los|las)\b)"""),
    (Expected.NAME, rf"""{_ASKS}who; (?:{_ASKS}|(?:to|by|for|from|of|with) )(?:whom|whose); quien(?:es)?; which
        (?:country|president|secretary|agency|office|state|person|treaty|company|committee)"""),
    (Expected.SOME_FIGURE, rf"""(?:what|which|the|a|in|total|maximum|minimum) (?:\w+ )?numbers?;
        {_ASKS}when; since when;
        (?:the|what|\w+ vote|senate|final|head) count; ceiling; cap; limits?; threshold; cut-?off;
        rates?; minimum; maximum; size; votes?; length; amounts?; age; shortest; longest; largest; percent; years?;
        days?; dates?; hours; edad; dia; (?:which|what) (?:levels?|phases?|sections?|versions?|releases?);
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
_GIVES_A_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|in order (?:to|that)|so that|therefore|thus|hence|as a result"
    r"|result(?:ed|s|ing)? (?:in|from)|caus\w+|le(?:d|ads?|ading) to|reasons?|purposes?|prompt\w+|fear\w*|led by"
    r"|to (?:ensure|prevent|avoid|protect|reduce|allow|help|keep)|porque|debido|por lo que|motivos?|razon(?:es)?"
    r"|para)\b"
)
# Whoever asks who holds an office knows the office.
_OFFICES = listed("""
    secretary deputy assistant director chief officer president vice administrator commissioner chair chairman
    chairperson ambassador general executive department office agency bureau committee board council state senate
    congress education federal united national house service
""")


def expected(question: str) -> Expected | None:
    """What kind of thing `question` asks for, if its words say so."""
    folded = fold(_without_names(question))
    return next((kind for kind, pattern in _EXPECTED if pattern.search(folded)), None)


def _without_names(question: str) -> str:
    """`My Known Traveler Number` asks for no number."""
    for name in names.read_names(question):
        if len(name.parts) > 1:
            question = question.replace(name.text, " ".join("X" * len(name.text.split())))
    return question


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
    if kind is Expected.PERSON:
        return any(len(set(name.parts) - _OFFICES) > 1 for name in names.read_names(text))
    if kind is Expected.REASON:
        return _GIVES_A_REASON.search(fold(text)) is not None and not _presupposes_more(given, text)
    if kind is Expected.FAX and "fax" not in fold(text):
        return False
    if kind is Expected.DURATION and _RHYTHM.search(fold(text)):
        return True
    return any(
        _fits(figure, kind) and not figures.stands(figure, given) for figure in figures.read(text) if not figure.weak
    )


def _presupposes_more(given: Sequence[Figure], text: str) -> bool:
    """Whether a question takes a figure for granted that the text does not state: `why was it raised to $6,000`."""
    stated = figures.read(text)
    return any(
        not figures.stands(figure, stated) for figure in given if not figure.weak and figure.kind is not Kind.DATE
    )


def _fits(figure: Figure, kind: Expected) -> bool:
    match kind:
        case Expected.EMAIL:
            return "@" in figure.text
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
