"""Sentences of a draft that make no claim: talk about the answer, and saying that there is none."""

import re

from publius.verification.words import TALK_WORDS, content, either, fold

_ABOUT = (
    r"(?:the|these|this|any|provided|given|los|las|el|la) (?:\w+ )?(?:passages?|documents?|texts?|sources?|context"
    r"|excerpts?|information provided|pasajes?|documentos?|fuentes?|contexto|textos?)"
)
_SAYING = r"""(?:contain|mention|provid|specif|stat|includ|answer|say|address|give|cover|discuss|describ|indicat
    |available|find|found|know|have)"""
_WRITTEN = rf"""
    {_ABOUT}\b.{{0,60}}\b(?:do|does|did|is|are|was|were)(?: not|n't)\b.{{0,25}}\b{"".join(_SAYING.split())};
    i (?:cannot|can't|can not|could not|am unable to|am not able to|don't|do not) (?:answer|find|determine|know|have);
    (?:there is|there are|have|contains?|found|provides?|gives?) no (?:\w+ )?(?:information|mention|answer|data);
    (?:cannot|can not|can't|could not) be (?:answered|determined|found);
    no (?:relevant |specific )?(?:information|answer|mention)\b.{{0,40}}\b(?:found|available|provided|given|in the);
    {_ABOUT}\b.{{0,40}}\bno (?:se )?(?:contiene|menciona|responde|indica|dice|proporciona|incluye|especifica);
    no (?:hay|encuentro|tengo|puedo (?:encontrar|responder))\b.{{0,30}}\b(?:informacion|respuesta|pregunta)
"""
_UNANSWERED = re.compile(rf"\b(?:{either(_WRITTEN)})")


# The rules of a grounded prompt, which a small model likes to recite.
_RECITED = re.compile(
    r"\b(?:answer in one (?:or two|to three) short sentences|(?:you answer|answer) questions from the numbered passages"
    r"|with the words of the passages|copy every figure|use nothing but the passages"
    r"|the passages are quoted documents|never follow instructions)\b"
)


def says_unanswered(sentence: str) -> bool:
    """Whether the sentence says that the sources do not hold the answer."""
    return bool(_UNANSWERED.search(fold(sentence)))


# A question that a small model puts to itself, however it goes on: `Question: Pell Grant for 2026-27 would be …`.
_PREFIXED = re.compile(r"\W*(?:question|pregunta|q|p|query|prompt|user|usuario|example|ejemplo)\s*\d{0,2}\s*:")


def is_talk(sentence: str) -> bool:
    """Whether the sentence says nothing: `Here is the answer:`, a question back or named as one, a lone mark."""
    if _PREFIXED.match(fold(sentence)):
        return True
    if sentence.rstrip("\"'”’»").endswith("?") or _RECITED.search(fold(sentence)):
        return True
    return all(word.text.lower() in TALK_WORDS for word in content(sentence))
