"""One answer against its labels."""

import re
from collections.abc import Iterable

from msgspec import Struct

from publius.evaluation import values
from publius.evaluation.questions import FALSE_PREMISE, Case
from publius.evaluation.ranking import overlaps, same
from publius.types import Claim
from publius.types.answer import Checked
from publius.verification.words import content

ENOUGH_WORDS = 0.6  # of a short answer's words, where it has no figure to look for
_ONE = re.compile(r"(?i)\b(?:one|una?|uno)\b")
WHOLE_QUOTE = 0.8  # of a gold quote's words: it was said, if not letter by letter


class Judgement(Struct, frozen=True, kw_only=True):
    """What an answer was. `unsupported` are numbers of sentences whose citations do not hold them."""

    answered: bool
    right: bool = False  # it holds the gold figures, or the short answer
    correct: bool = False  # those of its sentences that cite a right document hold them
    cited: bool = False  # a citation is of a right document
    quoted: bool = False  # a citation's span overlaps a gold quote
    wrong: bool = False  # it states something that the labels contradict
    declined: bool = False  # what cannot be answered was not, or the passage that corrects the question was cited
    words: int = 0
    unsupported: tuple[float, ...] = ()


def judge(case: Case, checked: Checked) -> Judgement:
    """How a checked answer stands to the labels.

    Wrong is any figure where there is none to give, or where figures are asked for, others and none of the right
    ones; a quotation that only misses the point is neither right nor wrong.
    """
    if not checked.answered:
        return Judgement(answered=False, declined=not case.answerable)
    said = _text(checked.claims)
    rightly = _text(claim for claim in checked.claims if _cites_right(case, claim))
    right, correct = (case.answerable and _right(case, text) for text in (said, rightly))
    quoted = any(overlaps(quote, one.quote) for one in checked.citations for quote in case.gold_quotes)
    wrong = bool(_stated(case, said)) and not quoted
    if case.answerable:
        partly = any(values.holds(rightly, figure) for figure in case.figures)
        wrong = wrong and bool(case.figures) and not right and not partly
    return Judgement(
        answered=True,
        right=right,
        correct=correct,
        cited=any(_cites_right(case, claim) for claim in checked.claims),
        quoted=quoted,
        wrong=wrong,
        declined=case.kind == FALSE_PREMISE and quoted,
        words=len(said.split()),
        unsupported=tuple(sorted(number for claim in checked.claims for number in unsupported_in(claim))),
    )


def unsupported_in(claim: Claim) -> set[float]:
    """Numbers of a sentence that none of its citations holds."""
    return values.numbers(claim.text) - values.numbers(" ".join(one.quote for one in claim.citations))


def _stated(case: Case, said: str) -> set[float]:
    """The numbers that an answer states: not those of the question, nor "one", which seldom counts anything."""
    return values.numbers(_ONE.sub(" ", said)) - values.numbers(case.question)


def _text(claims: Iterable[Claim]) -> str:
    return "\n".join(claim.text for claim in claims)


def _cites_right(case: Case, claim: Claim) -> bool:
    return any(same(path, one.name) for one in claim.citations for path in case.right_docs)


def _right(case: Case, said: str) -> bool:
    if case.figures:
        return all(values.holds(said, figure) for figure in case.figures)
    # Whoever quotes the passage has answered, also where "No" leaves no word to look for, or in another language.
    quoted = all(_share(quote, said) >= WHOLE_QUOTE for quote in case.gold_quotes) and bool(case.gold_quotes)
    return quoted or _share(case.short_answer, said) >= ENOUGH_WORDS


def _share(wanted: str, said: str) -> float:
    """The share of the words that say something which are also said."""
    stems, held = ({word.stem for word in content(text)} for text in (wanted, said))
    return len(stems & held) / len(stems) if stems else 0.0
