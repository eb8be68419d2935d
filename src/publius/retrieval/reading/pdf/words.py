"""Words that were cut at the ends of lines, joined again."""

import re
from collections.abc import Iterable

_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CUT = re.compile(r"([^\W\d_]+)-$")
_NEXT = re.compile(r"[^\W\d_]+")


class Vocabulary:
    """All words of a document: what decides whether a hyphen at a line's end belongs to the word."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: set[str] = set()
        begun = False  # the line before ended in a cut word, so this line's first word is only a part
        for line in lines:
            words = _WORDS.findall(line)
            cut = _CUT.search(line[-60:]) is not None
            self._words.update(word.lower() for word in words[begun : -1 if cut else None])
            begun = cut

    def join(self, lines: Iterable[str]) -> str:
        """The lines as one text."""
        text = ""
        for line in lines:
            text = self._joined(text, line) if text else line
        return text

    def _joined(self, text: str, line: str) -> str:
        cut, following = _CUT.search(text[-60:]), _NEXT.match(line)
        if not cut or not following or not following[0][0].islower():
            return f"{text}{'' if text.endswith(('-', '/')) and following else ' '}{line}"
        whole, compound = cut[1] + following[0], f"{cut[1]}-{following[0]}"
        if whole.lower() in self._words:
            return text[:-1] + line
        parts_are_words = {cut[1].lower(), following[0].lower()} <= self._words
        return text + line if compound.lower() in self._words or parts_are_words else text[:-1] + line
