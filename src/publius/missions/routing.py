"""Which tool a person wants computed, if any: by the words that the tools name, however they are spelt.

`What is a Pell Grant?` wants to be told, `What would my Pell Grant be?` to have it computed. A tool is chosen for what
asks for a result of the person's own, or gives figures for it; all else is for the mission's sources.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from publius.kit import Kind, Tool
from publius.missions import spelling
from publius.missions.saying import said
from publius.missions.slots import missing, slots_of
from publius.missions.turns import asks_something, stated
from publius.verification.words import fold

_WANTED = re.compile(
    r"""\b(?:
        (?:calculat|comput|estimat|determin|compar|simulat)\w*
      | (?:figure|work)\s+(?:\w+\s+)?out | check\s+(?:if|whether)
      | how\s+(?:much|many)\b.{0,60}?\b(?:i|we|my|our|me|us|he|she|they|son|daughter|child)\b
      | (?:what|whats|what's|wat|which)\s+(?:is|are|was|would|will|does|do|can|could|should)?\s*(?:be\s+)?
        (?:my|our|his|her|their)\b
      | what\s+(?:\w+\s+){1,4}?(?:would|will|can|could|do|should|am)\s+(?:i|we|he|she|my|our)
      | (?:am|are)\s+(?:i|we)\s | is\s+(?:my|he|she)\b
      | (?:would|will|do|does|can)\s+(?:i|we|my\s+\w+|he|she)\s+
        (?:qualify|count|get|need|owe|receive|be|have\s+to\s+pay)\b
      | (?:what|and|but)\s+if | what\s+happens\s+(?:to\s+my|if\s+(?:i|we|my))
      | (?:my|our)\s+(?:own\s+)?\w+\s+(?:estimate|result) | what\s+would\b.{0,60}?\bfor\s+(?:me|us)\b
      | (?:calcul|estim|determin|compar|simul|comput)\w*
      | cuant[oa]s?\b.{0,60}?\b(?:me|nos|mi|mis|yo|podria|puedo|recibi\w*|tendr\w*|toca\w*|daria\w*|darian)\b
      | (?:want|need|like|quiero|quisiera|quisieramos|necesito)\b.{0,40}?\b(?:my|our|mi|mis|nuestr[oa])\b
      | (?:cual|cuales|que|como)\s+(?:es|son|seria|serian|sera|queda|quedaria)\s+(?:mi|mis|nuestr[oa]s?|su)
      | (?:saber|ver)\s+si\b | (?:tengo|tenemos)\s+derecho
      | que\s+(?:\w+\s+)?(?:necesito|necesitamos|pasa\s+si|pasaria\s+si|beca|ayuda)\b
    )""",
    re.X | re.S,
)
# A way or a rule is asked for, which is told in the sources, whoever it is for.
_TOLD = re.compile(
    r"""^\W*(?:
        how\s+(?:do|does|can|should|would|is|are|long|often|to)\b
      | (?:for\s+)?how\s+many\s+(?:semesters|years|terms|times|credits)\b
      | cuanto\s+tiempo\b | (?:por|durante)\s+cuant[oa]s?\b | cuant[oa]s\s+(?:semestres|anos|veces|creditos)\b
      | when\b | where\b | who\b | why\b
      | (?:can|could|may|must|should|do|does|will|did)\s+(?:i|we|my|you|the|it|they|he|she)\b(?!.{0,40}\bqualify\b)
      | what\s+(?:is|are|does|do|happens)\s+(?:a|an|the|it|pell|fafsa)\b
      | (?:como|cuando|donde|quien|por\s+que|puedo|debo|tengo\s+que|que\s+es|que\s+son|que\s+significa)\b
    )""",
    re.X | re.S,
)
# How long, when, where, who or why: no computation answers it, whatever else is named. `When I am 24` asks nothing.
_ELSE = re.compile(
    r"""(?:^|[,;:.!?¿]|\b(?:and|but|so|y|pero)\s)\W*
        (?:(?:for|since|until|by|about|to|at|from|a|de|con|para|por|desde|hasta)\s+)?(?:
        how\s+(?:long|soon|often|far|late|early)\b
      | (?:when|where|why)(?:'s|s|'ll)?\s+
        (?:is|are|was|were|do|does|did|will|would|can|could|should|must|has|have|had|may|might|to)\b
      | cuanto\s+(?:tiempo|tarda\w*|demora\w*|falta\w*|dura\w*)\b | cada\s+cuanto\b
      | (?:donde|adonde|por\s+que)\b | cuando\b(?!.*[,;:])
    )
    | (?:^|[.!?¿])\W*(?:(?:to|from|a|de|con|para|por)\s+)?(?:who|who's|whom|whose|quien|quienes)\b""",
    re.X | re.S,
)
_AMOUNT = re.compile(r"\bhow\s+(?:much|mutch)\b|\bcuant[oa]s?\b|\b(?:what|which|que)\s+(?:amount|cantidad|monto)\b")
_DURATION = re.compile(r"\bcuanto\s+(?:tiempo|tarda\w*|demora\w*|falta\w*|dura\w*)\b|\bcada\s+cuanto\b")
_DECIDES = (Kind.WHOLE, Kind.CHOICE)
FIGURES = 2  # values for a tool's inputs, from which on a message that names the tool wants it computed
BETWEEN = 4  # words that may stand where a tool's phrase has `…`
# What says something of oneself is a question only as one, `¿Soy dependiente?`, and `y si` only at the beginning.
_SELF = re.compile(r"\b(?:soy|somos|califico|calificamos|es\s+mi\s+hij[oa])\b[^.?!¿]*\?|^\W*y\s+si\b")
_WHOLE = re.compile(r"\b(?:calculat|comput|estimat|calcul|estim)\w*")


def route(text: str, tools: Sequence[Tool]) -> Tool | None:
    """The tool that the text names: of several the one for which it says most, then that of the longest words.

    So `soy dependiente` in `Soy dependiente, ¿cuánta beca Pell recibiría?` is an input, and not what is asked for.
    """
    words = spelling.words(text)
    letters = {tool.name: max((_letters(phrase, words) for phrase in _asks(tool, text)), default=0) for tool in tools}
    named = [tool for tool in tools if letters[tool.name]]
    if len(named) < 2:
        return named[0] if named else None
    given = {tool.name: said(text, slots_of(tool)).values for tool in named}
    wanted = [tool for tool in named if not any(_told(tool, other, given[other.name]) for other in named)]
    return max(wanted or named, key=lambda tool: (len(given[tool.name]), letters[tool.name]))


def gives_for(tool: Tool, text: str, values: Mapping[str, Any]) -> bool:
    """Whether an amount is asked for, or nothing at all, and these values of the text begin to answer what decides it.

    That is a number or a choice without which the tool computes nothing: `how much can a sophomore borrow`. An award
    year or a state tells of nobody.
    """
    if asks_something(text) and not _AMOUNT.search(fold(text)):
        return False
    return any(
        slot.path in values and slot.people is None and slot.parameter.required and slot.kind in _DECIDES
        for slot in slots_of(tool)
    )


def told_most(text: str, tools: Sequence[Tool], *, amounts: bool = False) -> Tool | None:
    """The tool for whose inputs the text gives the most values, if it gives several; of these the one that lacks least.

    `amounts`: and an amount of money is among them.
    """
    ranked = []
    for tool in tools:
        heard = said(text if amounts else stated(text), slots_of(tool))
        given = heard.unplaced if amounts and heard.several else heard.values  # those of two offers are none's
        money = any(slot.path in heard.values and slot.kind is Kind.MONEY for slot in slots_of(tool))
        if len(given) >= FIGURES and (money or heard.several or not amounts):
            ranked.append(((len(given), -len(missing(tool, heard.values))), tool))
    best = max((rank for rank, _ in ranked), default=None)
    first = [tool for rank, tool in ranked if rank == best]
    return first[0] if len(first) == 1 else None


def wants_result(text: str) -> bool:
    """Whether the text asks for a result of the person's own, and not how something is done or what it is."""
    folded = fold(text)
    if _WHOLE.search(folded) and not re.match(r"\W*(?:how|what|como|que)\s+(?:is|are|do|does|se|es)\b", folded):
        return True
    return not _TOLD.search(folded) and bool(_WANTED.search(folded) or _SELF.search(folded))


def asks_else(text: str) -> bool:
    """Whether the text asks how long, when, where, who or why, and for no amount: then nothing is computed."""
    folded = fold(text)
    return _ELSE.search(folded) is not None and not _AMOUNT.search(_DURATION.sub("", folded))


def wants_telling(text: str) -> bool:
    """Whether the text asks how something is done or what it is."""
    return bool(_TOLD.search(fold(text)))


def _told(tool: Tool, other: Tool, given: Mapping[str, Any]) -> bool:
    """Whether the text gives what this tool would compute as an input of the other one: `with an SAI of 3000`."""
    asks = {fold(phrase) for phrase in tool.asks}
    told = (slot for slot in slots_of(other) if slot.path in given and slot.kind in (Kind.WHOLE, Kind.MONEY))
    return other is not tool and any(asks & {fold(word) for word in slot.parameter.ask.words} for slot in told)


def _asks(tool: Tool, text: str) -> Sequence[str]:
    """The words that ask for the tool; those behind a `+` only of who says something for its inputs as well."""
    told = any(phrase.startswith("+") for phrase in tool.asks) and said(text, slots_of(tool)).values
    return [phrase.lstrip("+ ") for phrase in tool.asks if told or not phrase.startswith("+")]


def _letters(phrase: str, words: list[str]) -> int:
    apart = BETWEEN if "…" in phrase else 0
    return len(phrase) if spelling.find(phrase, words, apart) is not None else 0
