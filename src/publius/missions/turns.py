"""What a short message does: it agrees, it disagrees, or it asks something of its own."""

import re

from publius.missions import spelling
from publius.verification.words import listed

_AGREES = listed(
    """yes yess yep yeah yup y ok okay sure correct right confirm confirmed good compute calculate go
    si correcto adelante claro bien confirmo calcule calcula calculalo exacto"""
)
_BESIDE = listed(
    """that that's thats is it it's its looks all please ahead everything this and thanks thank you i do
    asi es esta todo de acuerdo por favor gracias usted lo"""
)
_DISAGREES = listed("no nope nah not wrong incorrect incorrecto mal")
_ASKS = re.compile(
    r"\?\s*$|^\W*(?:what|who|when|where|why|how|which|can|could|do|does|is|are|should"
    r"|que|quien|cuando|donde|por que|como|cual|cuanto|cuanta|cuantos|cuantas|puedo|debo)\b",
    re.I,
)

_KNOWS_NOT = re.compile(
    r"""(?:(?:sorry|well|um+|honestly|pues|perdon)\ )*
    (?: (?:i|we)\ (?:really\ )?(?:do\ not|don't|dont)\ (?:really\ )?know | (?:i\ )?dunno | idk | unknown | unsure | skip
      | (?:i\ have\ )?no\ (?:idea|clue) | (?:(?:i'm|im|i\ am|we're|we\ are)\ )?not\ (?:really\ )?sure | not\ known
      | (?:i|we)\ (?:can't|cannot)\ (?:say|tell) | (?:yo\ )?no\ (?:lo\ )?(?:se|sabemos) | no\ se\ sabe | se\ desconoce
      | no\ (?:estoy|estamos)\ segur[oa]s? | (?:no\ tengo\ )?(?:ni\ )?idea )
    (?:\ (?:that|it|this|yet|eso|todavia|aun))*""",
    re.X,
)

BRIEF = 3  # words of an answer that is in doubt: `2026-27?`
_SENTENCE = re.compile(r"(?<=[^\W\d]\.)\s+|(?<=\d\d\.)\s+|(?<=[!?])\s+|\n+")


def affirms(text: str) -> bool:
    """Whether it says yes, and nothing else."""
    words = spelling.words(text)
    return bool(words) and all(word in _AGREES | _BESIDE for word in words) and any(word in _AGREES for word in words)


def refuses(text: str) -> bool:
    """Whether it says no, and nothing else."""
    words = spelling.words(text)
    return bool(words) and words[0] in _DISAGREES and all(word in _DISAGREES | _BESIDE for word in words)


def denies(text: str) -> bool:
    """Whether it begins with a no."""
    words = spelling.words(text)
    return bool(words) and words[0] in _DISAGREES


def knows_not(text: str) -> bool:
    """Whether it says that one does not know, and nothing else."""
    return bool(_KNOWS_NOT.fullmatch(" ".join(spelling.words(text))))


def goes_on(text: str) -> bool:
    """Whether it leaves out what the message before it said: `And for parents?`"""
    return spelling.words(text)[:1] in (["and"], ["or"], ["but"], ["y"], ["o"], ["pero"])


def asks_something(text: str) -> bool:
    """Whether it is a question."""
    return bool(_ASKS.search(" ".join(spelling.words(text)) + ("?" if text.rstrip().endswith("?") else "")))


def stated(text: str) -> str:
    """The text without what is asked in it: `How is a family of 4 counted?` says nothing about a family."""
    sentences = _SENTENCE.split(text)
    told = [sentence for sentence in sentences if not asks_something(sentence)]
    if len(spelling.words(text)) <= BRIEF or len(told) == len(sentences):
        return text
    return "\n".join(told)
