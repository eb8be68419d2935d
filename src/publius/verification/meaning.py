"""What similarity cannot see: a sentence that turns its source's meaning round is objected to.

Each rule compares one thing that must agree: the figure's bound, negation and permission, quantity,
condition, opposite words, and who does what to whom. A rule that is unsure objects; the passage can
then still be quoted word for word.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from publius.types import Reason
from publius.verification import figures
from publius.verification.alignment import differences
from publius.verification.cues import Bound, Cue, Use, bound, uses
from publius.verification.figure import Kind
from publius.verification.words import content, stem, words


class Objection(NamedTuple):
    """Why a sentence does not follow from its source, in words for the reader."""

    reason: Reason
    detail: str


class Pair(NamedTuple):
    """A sentence, the span that it is held against, and the question both answer."""

    sentence: str
    span: str
    question: str


_NEGATIVE = {Cue.BAN, Cue.FREE, Cue.NOT}
_OPPOSITES = """before/after more/less/fewer most/least higher/lower highest/lowest above/below over/under
    increase/decrease/reduce increased/decreased/reduced include/exclude includes/excludes included/excluded
    including/excluding accept/reject accepted/rejected allow/prohibit allowed/prohibited maximum/minimum
    begin/end begins/ends began/ended start/stop open/close opened/closed win/lose won/lost public/private
    north/south east/west northern/southern eastern/western eligible/ineligible grant/deny granted/denied
    approve/deny approved/denied with/without internal/external true/false same/different early/late
    earlier/later first/last first/second buy/sell bought/sold lend/borrow lender/borrower employer/employee
    import/export ally/enemy support/oppose supported/opposed agree/refuse agreed/refused rise/fall rose/fell
    enter/leave entered/left gain/lose gained/lost required/optional mandatory/optional enable/disable
    enabled/disabled encrypt/decrypt full-time/part-time undergraduate/graduate subsidized/unsubsidized
    dependent/independent physical/logical online/person domestic/foreign federal/state temporary/permanent
    inside/outside up/down always/never male/female husband/wife father/mother success/failure succeeded/failed
    valid/invalid present/absent active/inactive former/current annual/monthly annually/monthly weekly/monthly
    daily/weekly daily/monthly quarterly/annually day/week day/month week/month month/year week/year day/year
    hour/day rarely/usually/often seldom/usually/often few/many/most never/sometimes
    antes/después más/menos máximo/mínimo incluye/excluye público/privado aumenta/reduce
    aumentó/disminuyó primero/último con/sin"""
_OPPOSITE: dict[str, set[str]] = {}
for _group in _OPPOSITES.split():
    for _word in _group.split("/"):
        _OPPOSITE.setdefault(_word, set()).update(set(_group.split("/")) - {_word})
_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis", "mis")
_THAN = re.compile(r"\b(?:than|que)\b")
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def objection(sentence: str, span: str, question: str) -> Objection | None:
    """The first rule that `sentence` breaks against `span`, or None."""
    if _copied(sentence) == _copied(span):
        return None
    pair = Pair(sentence, span, question)
    return next((found for rule in _RULES for found in rule(pair)), None)


def _copied(text: str) -> str:
    return " ".join(word.text.lower() for word in words(text))


@lru_cache(maxsize=8192)
def _uses(text: str) -> tuple[Use, ...]:
    return tuple(uses(text))


@lru_cache(maxsize=8192)
def _stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in content(text))


def _of(text: str, *kinds: Cue) -> list[Use]:
    return [use for use in _uses(text) if use.cue in kinds]


def _related(use: Use, others: list[Use]) -> list[Use]:
    return [other for other in others if set(use.scope) & set(other.scope)]


def _bounds(pair: Pair) -> Iterator[Objection]:
    """`At most 45` is not `at least 45`, nor plain `45`."""
    held = figures.read(pair.span)
    for figure in figures.read(pair.sentence):
        if figure.weak or figure.kind in {Kind.LABEL, Kind.YEARS, Kind.ORDINAL}:
            continue
        same = [other for other in held if figures.stands(figure, [other])]
        mine = bound(pair.sentence, figure.start, figure.end)
        theirs = [bound(pair.span, other.start, other.end) for other in same]
        if same and not any(_agree(mine, other) for other in theirs):
            said = f"says “{theirs[0]}” of it" if theirs[0] else "does not say so"
            yield Objection(Reason.MEANING, f"“{mine or 'exactly'} {figure.text}”: the source {said}.")


def _agree(mine: Bound | None, other: Bound | None) -> bool:
    plain = {None, Bound.EXACT}
    return mine == other or (mine in plain and other in plain) or (mine is Bound.ABOUT and other is None)


def _negation(pair: Pair) -> Iterator[Objection]:
    """What is denied in one must be denied in the other."""
    mine, theirs = _of(pair.sentence, *_NEGATIVE), _of(pair.span, *_NEGATIVE)
    for use in mine:
        if not _related(use, theirs):
            yield Objection(Reason.NEGATION, f"“{use.phrase}”: the source does not deny this.")
    stems = _stems(pair.sentence)
    for use in theirs:
        if _covers(use, stems) and not _related(use, mine):
            yield Objection(Reason.NEGATION, f"The source says “{use.phrase}”, and the sentence leaves out the denial.")


def _covers(use: Use, stems: frozenset[str]) -> bool:
    """Whether a sentence with these stems speaks of what the cue governs."""
    hits = [scoped in stems for scoped in use.scope]
    if use.cue is Cue.NOT:
        return bool(hits) and sum(hits) >= min(2, len(hits))
    return bool(hits) and hits[0]


def _permission(pair: Pair) -> Iterator[Objection]:
    """Must, may, should and need not are four different things."""
    kinds = (Cue.MUST, Cue.MAY, Cue.SHOULD, Cue.FREE, Cue.BAN)
    mine, theirs = _of(pair.sentence, *kinds), _of(pair.span, *kinds)
    denied = _of(pair.sentence, Cue.NOT)
    for use in mine:
        related = _related(use, theirs)
        if any(other.cue == use.cue for other in related) or _related(use, denied):
            continue
        if related or (use.cue is not Cue.MAY and not any(other.cue == use.cue for other in theirs)):
            said = f"says “{related[0].text}”" if related else "does not say so"
            yield Objection(Reason.MEANING, f"“{use.phrase}”: the source {said}.")
    stems = _stems(pair.sentence)
    for use in theirs:
        if use.cue in {Cue.MAY, Cue.SHOULD} and _covers(use, stems) and not _related(use, mine):
            yield Objection(Reason.MEANING, f"The source says only “{use.phrase}”.")


def _quantity(pair: Pair) -> Iterator[Objection]:
    """All, some and only must be in both, or in neither."""
    stems = _stems(pair.sentence)
    for kind in (Cue.ALL, Cue.ONLY, Cue.SOME):
        mine, theirs = _of(pair.sentence, kind), _of(pair.span, kind)
        if mine and not theirs and not (kind is Cue.ALL and all(use.text in {"any", "each"} for use in mine)):
            yield Objection(Reason.MEANING, f"“{mine[0].phrase}”: the source does not say “{mine[0].text}”.")
        lost = [use for use in theirs if _covers(use, stems)]
        if lost and not mine and kind is not Cue.ALL:
            yield Objection(Reason.MEANING, f"The source says “{lost[0].phrase}”.")


def _condition(pair: Pair) -> Iterator[Objection]:
    """A condition of the source must be in the sentence, or in the question that it answers."""
    stems, asked = _stems(pair.sentence), _stems(pair.question)
    for kind in (Cue.UNLESS, Cue.ONLY_IF, Cue.IF):
        mine, theirs = _of(pair.sentence, kind), _of(pair.span, kind)
        if mine and not theirs and kind is not Cue.IF:
            yield Objection(Reason.MEANING, f"“{mine[0].phrase}”: the source has no such condition.")
        for use in theirs:
            known = (stems if mine else frozenset()) | (asked if kind is Cue.IF else frozenset())
            if sum(word in known for word in use.clause) * 2 <= len(use.clause) > 0:
                yield Objection(Reason.MEANING, f"The source adds a condition: “{use.phrase}”.")


def _opposites(pair: Pair) -> Iterator[Objection]:
    """A word of the sentence whose opposite, and not itself, stands in the source."""
    mine = {word.lower() for word in _WORDS.findall(pair.sentence)}
    theirs = {word.lower() for word in _WORDS.findall(pair.span)}
    for word in sorted(mine - theirs):
        for other in sorted(_OPPOSITE.get(word, set()) & theirs - mine):
            yield Objection(Reason.MEANING, f"“{word}”: the source says “{other}”.")
    here, there = {stem(word) for word in mine}, {stem(word) for word in theirs}
    for longer, shorter in ((here - there, there - here), (there - here, here - there)):
        for word in sorted(longer):
            if any(word.startswith(p) and len(word) > len(p) + 3 and word[len(p) :] in shorter for p in _PREFIXES):
                yield Objection(Reason.NEGATION, f"“{word}…”: the sentence and the source say the opposite.")


def _order(pair: Pair) -> Iterator[Objection]:
    """`The lender pays the school` is not `the school pays the lender`."""
    places: dict[str, list[int]] = {}
    for at, word in enumerate(content(pair.span)):
        places.setdefault(word.stem, []).append(at)
    shared = [places[word.stem] for word in content(pair.sentence) if word.stem in places]
    single = [spots[0] for spots in shared if len(spots) == 1]
    # Turned round, so that a clause moved from the end to the front changes nothing.
    turns = (single[at:] + single[:at] for at in range(len(single)))
    if len(single) >= 3 and max(map(_rising, turns)) < 0.75 * len(single):
        yield Objection(
            Reason.MEANING, "The words of the source stand in another order, which may change who does what."
        )


def _comparison(pair: Pair) -> Iterator[Objection]:
    """`Undergraduates get more than graduates` is not `graduates get more than undergraduates`."""
    mine, theirs = _THAN.split(pair.sentence, maxsplit=1), _THAN.split(pair.span, maxsplit=1)
    if len(mine) != 2 or len(theirs) != 2:
        return
    (one, other), (first, second) = ([_stems(part) for part in parts] for parts in (mine, theirs))
    if one & second - first and other & first - second:
        yield Objection(Reason.MEANING, "The source compares the two the other way round.")


def _rising(numbers: list[int]) -> int:
    """Length of the longest rising subsequence."""
    best: list[int] = []
    for number in numbers:
        at = next((i for i, last in enumerate(best) if last >= number), len(best))
        best[at : at + 1] = [number]
    return len(best)


def _difference(pair: Pair) -> Iterator[Objection]:
    """In a near copy each word that was put in, left out or exchanged must be harmless."""
    for mine, theirs in differences(pair.sentence, pair.span):
        said = f"says “{theirs}”" if theirs else "does not say so"
        yield Objection(Reason.MEANING, f"“{mine}”: the source {said}." if mine else f"It leaves out “{theirs}”.")


_RULES: tuple[Callable[[Pair], Iterator[Objection]], ...] = (
    _negation, _permission, _bounds, _quantity, _condition, _opposites, _comparison, _difference, _order,
)  # fmt: skip
