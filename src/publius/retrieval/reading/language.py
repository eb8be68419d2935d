"""Which language a text is in, by its most common short words."""

import re
from collections import Counter

# The words that carry grammar are few and everywhere, so a page of any language holds dozens of its own.
_WORDS = {
    "en": "the of and to in is that for it with as was on are by be this from or which at not have an were has",
    "es": "de la que el en los del se las por un para con una su al lo como más pero sus le ya este sí porque está",
    "fr": "de la le et les des en un du une que est pour qui dans par plus au ne se sur pas avec ce sont aux cette",
    "pt": "de a que o e do da em um para com não uma os no se na por mais as dos como mas ao das à são pelo também",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er",
    "it": "di e il la che in un a per è una sono con non si da come più del le della dei nel anche alla gli delle",
    "vi": "và của là có trong cho được với các không một những người để này đã khi từ về tại theo bạn quý vị",
    "tl": "ang ng sa mga na at ay ito kung para ko mo hindi isang may kayo inyong iyong po ni siya",
    "ht": "nan ou yo pou ak ki se li yon nou pa gen sou kapab moun lè fè te anba epi tout",
}  # fmt: skip
_KNOWN = {code: frozenset(words.split()) for code, words in _WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 40_000  # characters, of which half are from the middle: forms and laws begin with names and numbers
_FEWEST = 4  # words of the language that must be there
_SHARE = 0.08  # of all words


def language(text: str) -> str:
    """The ISO 639-1 code of the language that most of the text is in; empty where that cannot be told."""
    middle = len(text) // 2
    sample = text if len(text) <= _SAMPLE else text[: _SAMPLE // 2] + text[middle : middle + _SAMPLE // 2]
    counts = Counter(_WORD.findall(sample.lower()))
    total = sum(counts.values())
    hits = {code: sum(counts[word] for word in words) for code, words in _KNOWN.items()}
    best, second = sorted(hits, key=lambda code: hits[code], reverse=True)[:2]
    clear = hits[best] > hits[second] and hits[best] >= max(_FEWEST, _SHARE * total)
    return best if clear else ""
