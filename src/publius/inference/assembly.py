"""Puts an answer's text together from bytes as they come: whole characters, and nothing past a stop string."""

import codecs
from collections.abc import Sequence


class Assembly:
    """One answer's text. Text that may be the beginning of a stop string waits until that is decided."""

    def __init__(self, stop: Sequence[str]) -> None:
        self._stop = tuple(stop)
        self._longest = max(map(len, self._stop), default=0)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._held = ""
        self.stopped = False

    def feed(self, data: bytes, *, final: bool = False) -> str:
        """Text that may be released now. After a stop string, `stopped` is true and the rest is dropped."""
        if self.stopped:
            return ""
        text = self._held + self._decode(data, final)
        cut = min((at for word in self._stop if (at := text.find(word)) >= 0), default=-1)
        if cut >= 0:
            self.stopped = True
            return text[:cut]
        keep = 0 if final else self._undecided(text)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def _undecided(self, text: str) -> int:
        for size in range(min(self._longest - 1, len(text)), 0, -1):
            if any(word.startswith(text[-size:]) for word in self._stop):
                return size
        return 0
