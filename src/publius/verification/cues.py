"""The small words that turn a meaning round, and what each of them governs.

Two sentences can be close in every measure of similarity and still say opposite things: must and
may, at least and at most, unless and if. These tables name such words, in English and Spanish.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from publius.verification.figures import read
from publius.verification.words import content, either


class Cue(StrEnum):
    """What a small word does to the words after it."""

    BAN = "must not"
    FREE = "need not"
    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    NOT = "not"
    ALL = "all"
    SOME = "some"
    ONLY = "only"
    UNLESS = "unless"
    ONLY_IF = "only if"
    IF = "if"


class Use(NamedTuple):
    """One cue in a sentence: its words, and the stems of the next content words, nearest first."""

    cue: Cue
    text: str
    phrase: str  # the cue and a few words after it, for the reader
    scope: tuple[str, ...]  # three words
    clause: tuple[str, ...]  # up to eight words, as far as the clause goes


class Bound(StrEnum):
    """How a figure limits: the two sides of a comparison must agree."""

    AT_MOST = "at most"
    AT_LEAST = "at least"
    MORE = "more than"
    LESS = "less than"
    BEFORE = "before"
    AFTER = "after"
    ABOUT = "about"
    EXACT = "exactly"


_MODAL = r"(?:must|shall|may|can|could|will|would)"
# In this order: a longer cue hides the shorter ones inside it.
_WRITTEN = [
    (Cue.UNLESS, r"""unless; except(?:ing)?(?: (?:as|for|that|if|when))?; excluding; other than; apart from; with the
        exception of; a menos que; excepto; salvo; con excepción de"""),
    (Cue.ONLY_IF, r"""(?:but )?only (?:if|when|after|with|in the case of); if and only if; provided that;
        provided,? however;
        on condition that; as long as; so long as; subject to; until; sólo si; solo si; siempre que; siempre y
        cuando; hasta que"""),
    (Cue.FREE, r"""(?:need|needs) not; (?:do|does|did|will|would)(?: not|n't) (?:have|need|be required) to;
        (?:not|never|n't)(?: be)? (?:required|obligated|mandatory|necessary); no (?:longer )?(?:required|tiene
        que|tienen que|es necesario|necesita|necesitan|es obligatorio)"""),
    (Cue.BAN, rf"""{_MODAL} (?:not|never|no longer); cannot; (?:can|must|could|would|wo|sha)n't; prohibit\w*;
        forbid\w*;
        forbade; barred from; not (?:be )?(?:allowed|permitted); no (?:se
        )?(?:puede|pueden|podrá|podrán|debe|deben|deberá|deberán); prohíbe\w*; prohibid\w+"""),
    (Cue.SHOULD, r"""should; ought to; recommend\w*; encourag\w+; advis(?:es?|ed|able); debería\w*; recomienda\w*;
        recomendad\w+"""),
    (Cue.MUST, r"""must; shall; requir(?:es?|ed|ing|ements?); (?:has|have|had|having|needs?|needed) to; obligated;
        obliged;
        mandatory; debe; deben; deberá; deberán; tienen? que; obligatori\w+; requier\w+"""),
    (Cue.MAY, r"""may; might; can; could; (?:is|are|be|was|were) (?:allowed|permitted|authorized); optional(?:ly)?;
        puede;
        pueden; podrá; podrán; podría\w*; opcional\w*"""),
    (Cue.NOT, r"""not; no(?!\.\s?\d); never; neither; nor; none; nobody; nothing; without; \w+n't; unable; refus\w+;
        fail(?:s|ed|ure)?; den(?:y|ies|ied); lacks?; nunca; jamás; sin; ni; ningun[oa]?s?; ningún; tampoco"""),
    (Cue.ONLY, r"only|solely|exclusively|sólo|solo|solamente|únicamente"),
    (Cue.ALL, r"""all; every; each; any; always; entire; todos?; todas?; cada; cualquier\w*; siempre"""),
    (Cue.SOME, r"""some; many; most; few; several; certain; often; sometimes; usually; generally; typically; rarely;
        algun[oa]s?; algún; much[oa]s; la mayoría; vari[oa]s; ciert[oa]s; a veces"""),
    (Cue.IF, r"""if; when; whenever; in (?:the )?case of; in the event(?: that| of)?; si; cuando; en caso de"""),
]  # fmt: skip
CUES = [(cue, either(written)) for cue, written in _WRITTEN]
_CUE = re.compile("|".join(rf"(?P<{cue.name}>\b(?:{pattern})\b)" for cue, pattern in CUES))
_IDLE = re.compile(
    r"\b(?:whether or not|if not|not only|no longer than|if any|at all|after all|all of the above|not limited to"
    r"|if applicable)\b"
)
_CLAUSE_END = re.compile(r"[,;:.!?()]\s|[.;!?]$|\n\n")

_MORE = r"more|greater|longer|higher|larger|later|older|over"
_LESS = r"less|fewer|lower|shorter|smaller|earlier|younger|sooner|under"
# (bound, words, how many other words may stand between it and its figure)
_BEFORE_FIGURE = [
    (Bound.AT_MOST, rf"""(?:no|not|nor) (?:be )?(?:{_MORE}) than; at most; up to;
        (?:not|cannot|n't|never)(?: to)? exceed\w*; no
        más de; no mayor de; hasta; como máximo; a más tardar(?: el)?; within; on or before""", 4),
    (Bound.AT_MOST, r"""maximum; limit(?:ed)?; ceiling; cap; capped; máximo; máxima; límite; tope""", 7),
    (Bound.AT_MOST, r"by", 1),
    (Bound.AT_LEAST, rf"""(?:no|not|nor) (?:be )?(?:{_LESS}) than; at least; a minimum of; al menos; por lo menos;
        no menos de;
        como mínimo""", 4),
    (Bound.AT_LEAST, r"minimum|mínimo|mínima|threshold", 7),
    (Bound.MORE, rf"""(?:{_MORE}) than; exceed\w*; in excess of; más de; mayor de; superior a""", 4),
    (Bound.MORE, r"over|above|past", 1),
    (Bound.LESS, rf"(?:{_LESS}) than|menos de|menor de|inferior a", 4),
    (Bound.LESS, r"under|below", 1),
    (Bound.BEFORE, r"before|prior to|until|through|antes del?", 2),
    (Bound.AFTER, r"""after; following; since; beginning(?: on| in)?; starting(?: on| in)?; on or after; desde;
        después del?;
        a partir del?""", 2),
    (Bound.ABOUT, r"""about; approximately; around; roughly; nearly; almost; some(?= \d); casi; cerca de;
        aproximadamente;
        unos(?= \d)""", 1),
    (Bound.EXACT, r"exactly|equal to|precisely|exactamente", 2),
]  # fmt: skip
_AFTER_FIGURE = [
    (Bound.AT_LEAST, rf"""(?:or|and|o) (?:{_MORE}|above|up|más|mayores); at (?:the )?(?:least|minimum); minimum;
        como mínimo"""),
    (Bound.AT_MOST, rf"""(?:or|and|o) (?:{_LESS}|below|down|menos); at (?:the )?(?:most|maximum); maximum; limit;
        como máximo"""),
]  # fmt: skip
_FRONT = [(bound, re.compile(rf"\b(?:{either(written)})\b"), gap) for bound, written, gap in _BEFORE_FIGURE]
_BACK = [(bound, re.compile(rf"(?:\W+\w+){{0,3}}?\W+(?:{either(written)})\b")) for bound, written in _AFTER_FIGURE]
BOUNDS = [(bound, either(written)) for bound, written, _ in _BEFORE_FIGURE]
BOUNDS += [(bound, either(written)) for bound, written in _AFTER_FIGURE]
_COMPARISONS = "|".join(either(written) for _, written, gap in _BEFORE_FIGURE if gap == 4)
# `Shall not exceed` forbids nothing: a modal before a negative comparison belongs to it.
_ANY_BOUND = re.compile(rf"\b(?:{_MODAL} (?:be )?(?=no))?(?:{_COMPARISONS})\b")


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


def uses(text: str) -> list[Use]:
    """The cues of a sentence, in order. Comparisons of figures are no cues; `bound` reads those."""
    plain = _plain(text)
    for figure in read(text):
        if not figure.weak and any(c.isdigit() for c in figure.text):
            plain = plain[: figure.start] + " " * (figure.end - figure.start) + plain[figure.end :]
    for idle in (_IDLE, _ANY_BOUND):
        plain = idle.sub(lambda m: "-" * len(m.group()), plain)
    found = []
    for match in _CUE.finditer(plain):
        rest = plain[match.end() :]
        stop = _CLAUSE_END.search(rest)
        clause = content(_CUE.sub(" ", rest[: stop.start()] if stop else rest))
        wide = content(_CUE.sub(" ", re.split(r"[.;!?]\s", rest, maxsplit=1)[0]))
        stems = tuple(word.stem for word in wide[:3])
        phrase = " ".join(text[match.start() :].split()[:6])
        cue = Cue[match.lastgroup or ""]
        found.append(Use(cue, match.group(), phrase, stems, tuple(word.stem for word in clause[:8])))
    return found


def bound(text: str, start: int, end: int) -> Bound | None:
    """How the figure `text[start:end]` limits: `not more than 45` gives AT_MOST, a bare 45 None."""
    plain = _plain(text)
    clause = re.split(r"[.;:!?]\s|\d", plain[max(0, start - 80) : start])[-1]
    near = [
        (match.end(), kind)
        for kind, pattern, gap in _FRONT
        for match in pattern.finditer(clause)
        if len(clause[match.end() :].split()) < gap
    ]
    if near:
        return max(near, key=lambda found: found[0])[1]
    tail = re.split(r"[.,;:!?]\s|\d", plain[end : end + 50])[0]
    return next((kind for kind, pattern in _BACK if pattern.match(tail)), None)
