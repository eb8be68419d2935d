"""Words as the checks compare them: folded, without endings, and with or without content.

English and Spanish. The stemmer is deliberately light: it joins `require`, `requires` and
`required`, and leaves words apart when in doubt, because a false match here could let a wrong
sentence out.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def listed(written: str) -> frozenset[str]:
    """A word list as it is written here: words between white space."""
    return frozenset(written.split())


def ranked(written: str, start: int = 0) -> dict[str, int]:
    """Words that stand for the numbers from `start` on; words for the same number are joined by commas."""
    return {word: value for value, names in enumerate(written.split(), start) for word in names.split(",")}


def either(written: str) -> str:
    """The regular expression for any of these, which are divided by semicolons and may run over lines."""
    return "|".join(" ".join(part.split()) for part in written.split(";"))


FUNCTION_WORDS = listed("""
    a an the this that these those there here it its they them their he she his her him we us our you your i my me
    of in on at to from by for with into onto upon over under about between among through during within per via as
    and or but nor so yet than then if when while where which who whom whose what why how is are was were be been
    being am do does did done doing has have had having will would shall should may might must can could cannot
    not no also any all each every both either neither such same other another more most less least only just very
    too up down out off again once et al etc i.e e.g el la los las un una unos unas lo le les se su sus mi tu nos
    que de del en por para con sin sobre entre y o u e ni pero como más menos muy ya si cuando donde quien cual
    cuyo qué cómo cuándo dónde quién cuál es son era eran fue fueron ser sido está están estar ha han haber había
    hay sí también este esta estos estas ese esa esos esas usted ustedes debe deben puede pueden
""")

# Words in which a model speaks about its sources instead of saying something.
TALK_WORDS = listed("""
    answer answers question questions passage passages document documents text texts context source sources
    information provided provide given based according following above below excerpt excerpts summary sure
    certainly hope helps help please let know note important conclusion summarize asked user relevant reference
    respuesta pregunta pasaje pasajes documento documentos texto fuente fuentes información según siguiente basado
    basándose proporcionada proporcionado
""")

# Without accents, as many write.
_SPANISH = listed("""
    el la los las un una del que en y por para con su se es son mas como pero cuando cual cuanto cuanta cuantos
    cuantas donde quien esta han fue entre sobre puede puedo debe debo dias anos mi tengo
""")
_ENGLISH = listed("the of and to in is are for that on with as by be or an from this must may at not what how")


class Word(NamedTuple):
    """One word: `text[start:end]` of its sentence, and the stem that is compared."""

    text: str
    start: int
    end: int
    stem: str

    @property
    def content(self) -> bool:
        return says_something(self.text)


@lru_cache(maxsize=65536)
def says_something(word: str) -> bool:
    """Whether a word is no function word: `here's` is one too."""
    return word.lower() not in FUNCTION_WORDS and fold(word).removesuffix("'s") not in FUNCTION_WORDS


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case without accents, straight quotes: `Señor’s` becomes `senor's`."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(c for c in plain if not unicodedata.combining(c))


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    """Fold a word and drop its possessive and plural endings."""
    word = fold(word).removesuffix("'s").rstrip("'")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and re.search(r"(?:ss|x|ch|sh|zz)es$", word):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Drop the endings of number and tense: `applies`, `applied` and `applying` become `apply`."""
    word = singular(word)
    if len(word) > 4 and word.endswith("ied"):
        return word[:-3] + "y"
    for ending, shortest in (("ing", 6), ("ed", 5)):
        if len(word) >= shortest and word.endswith(ending):
            word = word.removesuffix(ending)
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word.removesuffix("e") if len(word) > 3 else word


def one_slip(word: str, other: str) -> bool:
    """Whether the two differ in one letter, missing, added, another or exchanged with the next; not in the first."""
    if word[:1] != other[:1] or abs(len(word) - len(other)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    mine, theirs = word[at:], other[at:]
    swapped = mine[1::-1] == theirs[:2] and mine[2:] == theirs[2:]
    return swapped or mine[1:] == theirs[1:] or mine[1:] == theirs or mine == theirs[1:]


def words(text: str) -> list[Word]:
    """Every word of `text` in order, hyphenated words in their parts."""
    return [Word(m.group(), m.start(), m.end(), stem(m.group())) for m in _WORD.finditer(text)]


def content(text: str) -> list[Word]:
    """The words of `text` that say something."""
    return [word for word in words(text) if word.content]


def telling(text: str) -> list[Word]:
    """The words of `text` that say something about its subject, not about the answer itself."""
    return [word for word in content(text) if word.text.lower() not in TALK_WORDS]


@lru_cache(maxsize=4096)
def is_spanish(text: str) -> bool:
    """Whether the small words of `text` are rather Spanish than English."""
    if re.search("[¿¡]", text):
        return True
    lowered = [fold(m.group()) for m in _WORD.finditer(text)]
    spanish = sum(word in _SPANISH for word in lowered)
    return spanish > 0 and spanish > sum(word in _ENGLISH for word in lowered)
