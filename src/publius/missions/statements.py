"""Whether a sentence states something of the person who speaks: `I am married` does, `if I were married` does not."""

import re

from publius.verification.words import fold

_SUPPOSED = re.compile(r"\b(?:if|whether|suppose|supposing|unless|maybe|perhaps|si(?!\s*[,.;])|quizas|tal vez)\b")
_QUESTION = re.compile(
    r"^\W*(?:am|are|is|was|were|do|does|did|have|has|can|could|should|would|will|may|what|when|which|who|why|how"
    r"|que|cual|cuando|como|por que|puedo|debo|soy|estoy)\b.*\?\s*$|^\s*¿",
    re.S,
)
_OPENING = re.compile(
    r"""\b(?:i\ am|i'm|im|i\ was|we\ are|we're|we\ were|they\ are|they're|they
    | (?:i|we)(?:'ve|\ have|\ get|\ got|\ receive|\ received|\ live)
    | my\ (?:family|household|parents?|mother|father|mom|dad|spouse|wife|husband)|our\ family
    | (?:my|our)\ (?:son|daughter|child)\ (?:is|has|gets)|mi\ (?:hijo|hija)\ (?:es|esta|tiene|recibe)
    | soy|estoy|somos|estamos|fui|estuve|tengo|tenemos|recibo|recibimos|recibi|vivo|vivimos
    | mi\ (?:familia|padre|madre|papa|mama|esposa|esposo)|mis\ padres)\b""",
    re.X,
)
# Those that speak of the person who asks, or of the child for whom a parent asks.
_FIRST = re.compile(
    r"""(?:i\b|im\b|we\b|soy|estoy|somos|estamos|fui|estuve|tengo|tenemos|recib|viv|our\b
    | my\ (?:family|household|son|daughter|child)|mi\ (?:familia|hij))""",
    re.X,
)
_CHILD = re.compile(r"(?:my|our) (?:son|daughter|child)|mi hij")
# Nothing but the name, as people list what they are: `dependent, 2026-27, family of 4`.
_LISTED = re.compile(r"\W*(?P<no>(?:not|no)\s+)?(?:(?:an?|una?|estudiante)\s+)*(?:student|estudiante)?\W*")
# A question that follows on what is stated: `Soy dependiente, ¿cuánto recibiría?`
_ASKED_BEHIND = re.compile(
    r"¿|[,;]\s*(?:how|what|which|when|can|am|is|are|will|do|does|would|soy|puedo|cuant[oa]s?|cual(?:es)?|que|como)\b"
)
_NOT_BEFORE = re.compile(r"\b(?:no|nunca|tampoco)\s+$")  # as Spanish has it: `no estoy casado`
_ANSWERED = re.compile(r"\W{0,3}(yes|no|si)\b(?=\s*(?:[,.;]|$))")  # and not `single, no kids`
_NOT = re.compile(r"\b(?:not|no|never|nobody|none|neither|without|nunca|tampoco|ni|sin)\b|n't\b")


def states_it(text: str, start: int, end: int) -> bool | None:
    """Whether the sentence says yes or no to what `text[start:end]` names; None if it says neither."""
    folded = fold(text)
    if len(folded) != len(text):
        return None
    if asked := _ASKED_BEHIND.search(folded, end):
        folded = folded[: asked.start()]
    if answered := _ANSWERED.match(folded, end):
        return answered[1] != "no"
    if _SUPPOSED.search(folded[:start]) or _QUESTION.search(folded):
        return None
    if (listed := _listed(folded, start, end)) is not None:
        return listed
    openings = [match for match in _OPENING.finditer(folded) if match.start() <= start]
    if not openings:
        return None
    opening = openings[-1]
    between = folded[opening.end() : start]
    if len(between) > 40 or re.search(r"[,:;]", between):
        return None
    if _CHILD.match(opening.group()) and opening.end() > start:
        return None  # `My daughter is 19` is of whom a parent asks for, and does not say that she has a child.
    if not _FIRST.match(opening.group()) and opening.end() < start:
        # Of somebody else it is said only where the name itself includes them: `my parents are married`.
        return None
    return not _NOT.search(f"{opening.group()}{between}") and not _NOT_BEFORE.search(folded[: opening.start()])


def asks_or_supposes(text: str, start: int, end: int) -> bool:
    """Whether the sentence asks for what `text[start:end]` names, or only supposes it."""
    folded = fold(text)
    if asked := _ASKED_BEHIND.search(folded, end):
        folded = folded[: asked.start()]
    asked_so = _QUESTION.search(folded) or folded.rstrip().endswith("?")
    return bool(_SUPPOSED.search(folded[:start]) or asked_so)


def _listed(folded: str, start: int, end: int) -> bool | None:
    """Whether the item of a list that holds the name says yes or no; None where it says anything else too."""
    if folded.rstrip().endswith("?"):
        return None
    before = re.split(r"[,;:.]|\b(?:and|y)\b", folded[:start])[-1]
    behind = re.split(r"[,;:.]|\b(?:and|y)\b", folded[end:])[0]
    item = _LISTED.fullmatch(f"{before} {behind}")
    return None if item is None else item["no"] is None
