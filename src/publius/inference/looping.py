"""Notices when a model has begun to say the same again: small ones do, until their tokens run out."""

import re

_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]+")
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
