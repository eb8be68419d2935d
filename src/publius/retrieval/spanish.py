"""A question in Spanish said in English, word by word: enough to search English documents with, and no translation.

The words are in `spanish.txt`. A form that does not stand there is led back to one that does by its ending; what is
still unknown is a name, or is given the ending of its English cousin ("biométrico", "biometric").
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files


def _listed(written: str) -> tuple[str, ...]:
    return tuple(written.split())


# What only holds a sentence together. The first alone tell Spanish from English: none of them is English too.
_TELLING = _listed("""
    el la los las un una unos unas del al de que en y por para con su sus se es son como cuando donde quien cual cuales
    cuanto cuanta cuantos cuantas mi mis pero si lo le les esta este estos estas hay mas muy ya sobre desde hasta
""")
_OTHER = _listed("""
    a ante aquel aquella aqui asi aun aunque cada e ella ellas ello ellos era eran eres esa esas ese eso esos esto
    estan estoy estar estaba fue fueron fui ha han has he hemos haber habia me ni no nos nosotros o os porque pues
    quienes sea sean ser sera seran sido siendo sin soy tal tambien tan te ti tu tus u uno usted ustedes yo algun
    alguno alguna algunos algunas segun sino tras entre cuyo cuya cuyos cuyas
""")
_ENGLISH = frozenset(
    _listed("the of and to in is are for that on with as by be or an from this must may what how do i")
)
_DROPPED = frozenset(_TELLING + _OTHER)

_PRONOUNS = re.compile(r"(?:(?<=[aei]r)|(?<=ndo))(?:me|te|se|nos|l[aeo]s?|sel[ao]s?)$")
# Endings of verbs; what is left takes -ar, -er or -ir. The longest that fits is tried first.
_VERBS = sorted(
    _listed("""
        ar er ir a e o as es an en amos emos imos ado ada ados adas ido ida idos idas ando iendo aba abas aban abamos
        ia ias ian iamos are ere ire ara era ira aran eran iran aria eria iria arian erian irian aremos eremos iremos
        aron ieron ase iese asen iesen aste iste io
    """),
    key=len,
    reverse=True,
)
_CHANGES = (("ie", "e"), ("ue", "o"), ("i", "e"), ("u", "o"))  # of a verb's stem: quiere, querer
_SPELLINGS = (("qu", "c"), ("gu", "g"), ("c", "z"), ("j", "g"))  # of the same sound: saque, sacar
_NOUNS = (("ces", "z"), ("es", ""), ("s", ""), ("as", "o"), ("a", "o"), ("amente", "o"), ("mente", ""))
_COUSINS = [
    pair.split("=")
    for pair in _listed("""
        ciones=tion cion=tion siones=sion idades=ity idad=ity dad=ty icos=ic icas=ic ico=ic ica=ic arios=ary arias=ary
        ario=ary aria=ary osos=ous osas=ous oso=ous osa=ous ismo=ism istas=ist ista=ist entes=ent ente=ent antes=ant
        ante=ant encias=ence encia=ence ancia=ance ivos=ive ivas=ive ivo=ive iva=ive ales=al ables=able ibles=ible
        mente=ly ias=y ia=y os=o
    """)
]


@cache
def _meanings() -> dict[str, str]:
    """Folded Spanish words and phrases, and what they mean."""
    lines = (files("publius.retrieval") / "spanish.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" = ") for line in lines if line and not line.startswith("#"))
    return {_folded(spanish): meaning for spanish, meaning in pairs}


@cache
def _parts() -> re.Pattern[str]:
    """A phrase that has a meaning of its own, or else one word."""
    phrases = sorted((each for each in _meanings() if " " in each), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b|[^\W_]+(?:[.'’-][^\W_]+)*", re.IGNORECASE)


def english(question: str) -> str:
    """The English words for a question in Spanish, "" for one that is not."""
    plain = _unaccented(question)
    if not _is_spanish(question, plain.lower().split()):
        return ""
    said = (_said(match.group(), first=not match.start()) for match in _parts().finditer(plain))
    return " ".join(word for word in said if word)


def _is_spanish(question: str, words: list[str]) -> bool:
    spanish, others = (sum(word.strip("¿?¡!.,;:") in known for word in words) for known in (_TELLING, _ENGLISH))
    if "¿" in question or spanish or others:
        return "¿" in question or spanish > others
    known = sum(word in _meanings() and _meanings()[word].lower() != word for word in words)
    return known >= 2 and 2 * known >= len(words)  # a few words for a search, with nothing between them


def _said(word: str, *, first: bool) -> str:
    plain = word.lower()
    if plain in _DROPPED:
        return ""
    if known := next((form for form in _forms(plain) if form in _meanings()), None):
        return _meanings()[known]
    is_name = (word[0].isupper() and not first) or not plain.isalpha()
    return word if is_name else _cousin(plain)


def _forms(word: str) -> Iterator[str]:
    """A word, and the forms that it may be led back to: one of many, the masculine, the infinitive."""
    yield word
    for ending, other in _NOUNS:
        if word.endswith(ending):
            yield word.removesuffix(ending) + other
    word = _PRONOUNS.sub("", word)
    yield word
    for ending in _VERBS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            for stem in _stems(word.removesuffix(ending)):
                yield from (stem + infinitive for infinitive in ("ar", "er", "ir"))


def _stems(stem: str) -> Iterator[str]:
    changed = [stem]
    for strong, weak in _CHANGES:
        head, found, tail = stem.rpartition(strong)
        changed += [head + weak + tail] if found else []
    for each in changed:
        yield each
        yield from (each.removesuffix(soft) + hard for soft, hard in _SPELLINGS if each.endswith(soft))


def _cousin(word: str) -> str:
    for ending, english_ending in _COUSINS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word.removesuffix(ending) + english_ending
    return word


def _folded(text: str) -> str:
    return _unaccented(text.lower())


def _unaccented(text: str) -> str:
    letters = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
