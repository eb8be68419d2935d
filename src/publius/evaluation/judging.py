"""One answer against its labels."""

from msgspec import Struct

from publius.evaluation import values
from publius.evaluation.questions import Case
from publius.evaluation.ranking import overlaps, same
from publius.types import Claim
from publius.types.answer import Checked
from publius.verification.words import content

ENOUGH_WORDS = 0.6  # of a short answer's words, where it has no figure to look for


class Judgement(Struct, frozen=True, kw_only=True):
    """What an answer was. `unsupported` are numbers of sentences whose citations do not hold them."""

    answered: bool
    right: bool = False  # it holds the gold figures, or the short answer
    cited: bool = False  # a citation is of a right document
    quoted: bool = False  # a citation's span overlaps a gold quote
    wrong: bool = False  # it states something that the labels contradict
    unsupported: tuple[float, ...] = ()

    @property
    def correct(self) -> bool:
        return self.right and self.cited


def judge(case: Case, checked: Checked) -> Judgement:
    """How a checked answer stands to the labels.

    Wrong is a figure where there is none to give, or other figures than the right ones from another document; a
    quotation that only misses the point is neither right nor wrong.
    """
    if not checked.answered:
        return Judgement(answered=False)
    said = " ".join(claim.text for claim in checked.claims)
    right = case.answerable and _right(case, said)
    cited = any(same(path, one.name) for one in checked.citations for path in case.right_docs)
    quoted = any(overlaps(quote, one.quote) for one in checked.citations for quote in case.gold_quotes)
    figures = values.numbers(said)
    if case.answerable:
        wrong = bool(case.figures) and bool(figures) and not right and not cited
    else:
        wrong = bool(figures) and not quoted
    unsupported = tuple(sorted(number for claim in checked.claims for number in unsupported_in(claim)))
    return Judgement(answered=True, right=right, cited=cited, quoted=quoted, wrong=wrong, unsupported=unsupported)


def unsupported_in(claim: Claim) -> set[float]:
    """Numbers of a sentence that none of its citations holds."""
    return values.numbers(claim.text) - values.numbers(" ".join(one.quote for one in claim.citations))


def _right(case: Case, said: str) -> bool:
    if case.figures:
        return all(values.holds(said, figure) for figure in case.figures)
    wanted = {word.stem for word in content(case.short_answer)}
    held = {word.stem for word in content(said)}
    return bool(wanted) and len(wanted & held) >= ENOUGH_WORDS * len(wanted)
