"""Sentences of a draft that make no claim: talk about the answer, and saying that there is none."""

import re

from publius.verification.words import TALK_WORDS, content, fold

_ABOUT = (
    r"(?:passages?|documents?|texts?|sources?|context|information|excerpts?|it|i|materials?"
    r"|pasajes?|documentos?|fuentes?|contexto|informacion)"
)
_UNANSWERED = [
    re.compile(
        rf"\b{_ABOUT}\b.{{0,60}}\b(?:do|does|did|is|are|was|were)(?: not|n't)\b.{{0,25}}\b(?:contain|mention|provid|specif|stat|includ"
        r"|answer|say|address|give|given|cover|discuss|describ|indicat|available|find|found|know|have)"
    ),
    re.compile(r"\bi (?:cannot|can't|can not|could not|am unable to|am not able to|don't|do not) (?:answer|find|determine|know|provide|have)"),
    re.compile(r"\b(?:there is|there are|have|contains?|found|provides?|gives?) no (?:\w+ )?(?:information|mention|answer|details?|data|passages?)\b"),
    re.compile(r"\b(?:cannot|can not|can't|could not) be (?:answered|determined|found)\b"),
    re.compile(r"\bno (?:relevant |specific )?(?:information|answer|mention)\b.{0,40}\b(?:found|available|provided|given|in the)\b"),
    re.compile(rf"\b{_ABOUT}\b.{{0,40}}\bno (?:se )?(?:contienen?|mencionan?|responden?|indican?|dicen?|proporcionan?|incluyen?|especifican?)\b"),
    re.compile(r"\bno (?:hay|se encuentra|encuentro|tengo|puedo (?:encontrar|responder))\b.{0,30}\b(?:informacion|respuesta|documentos?|pasajes?|pregunta)\b"),
]  # fmt: skip


def says_unanswered(sentence: str) -> bool:
    """Whether the sentence says that the sources do not hold the answer."""
    folded = fold(sentence)
    return any(pattern.search(folded) for pattern in _UNANSWERED)


def is_talk(sentence: str) -> bool:
    """Whether the sentence says nothing: `Here is the answer:`, a question back, a lone mark."""
    if sentence.rstrip("\"'”’»").endswith("?"):
        return True
    return all(word.text.lower() in TALK_WORDS for word in content(sentence))
