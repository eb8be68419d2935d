"""Notices when a model has begun to say the same again: small ones do, until their tokens run out."""

import re

_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]+")
_TIMES = 5  # that a stretch comes in a row before a plain draft counts as a loop
_STRETCH = range(20, 400)  # characters; shorter ones are rules, dots and columns of figures
_LETTERS = 12  # shorter "sentences" are list marks and abbreviations, which may well come again


class Repetition:
    """Feed it a draft as it comes; it tells when a whole sentence has come for the second time."""

    def __init__(self) -> None:
        self._said: set[str] = set()
        self._rest = ""

    def feed(self, text: str) -> bool:
        """Add a piece of the draft; whether a sentence that ended in it had been said before."""
        self._rest += text
        for sentence in _SENTENCE.findall(self._rest):
            self._rest = self._rest[len(sentence) :]
            words = " ".join(re.findall(r"\w+", sentence.lower()))
            if words in self._said:
                return True
            if len(words) >= _LETTERS:
                self._said.add(words)
        return False


def loops(text: str) -> bool:
    """Whether `text` ends in the same stretch of sentences five times in a row.

    Somebody who asks for a sentence ten times gets it five times: the price of ending the loops of small models.
    """
    text = text.rstrip()
    if not text.endswith((".", "!", "?")):
        return False
    return any(text.endswith(text[-n:] * _TIMES) for n in _STRETCH if n * _TIMES <= len(text))
