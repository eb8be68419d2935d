"""A model's vocabulary: text to token ids that are never special, and ids back to text.

What a person or a document wrote must not become a control token. Two things see to it: text is cut
inside every spelling of a special token before it is encoded, so that no piece holds one; and special
ids are dropped from what comes back, since a tokenizer may also use one (SmolLM2: `<|endoftext|>`) for a
byte that its vocabulary lacks.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any

from publius.inference.templates import Control, Part, Salt

Encode = Callable[[str], list[int]]

_SALT_TOKENS = 16


class Vocabulary:
    """Made from the tokenizer's own table.

    Args:
        tokens: every token's bytes, by id.
        special: ids that only a template may use.
        encode: the tokenizer, which may form special tokens.
    """

    def __init__(self, tokens: Sequence[bytes], special: Iterable[int], encode: Encode) -> None:
        self._tokens = tokens
        self.special = frozenset(special)
        self._encode = encode
        self._controls = {tokens[i].decode(): i for i in self.special}
        spellings = sorted((re.escape(spelling) for spelling in self._controls if len(spelling) > 1), key=len)
        # A look-ahead finds overlapping spellings too.
        self._special_starts = re.compile(f"(?=(?:{'|'.join(spellings)}))") if spellings else None
        self._blank = [i for i, token in enumerate(tokens) if re.fullmatch(rb"[ \n\t]{1,16}", token)]

    @property
    def size(self) -> int:
        """How many tokens there are."""
        return len(self._tokens)

    def encode(self, text: str) -> list[int]:
        """Ids of `text` as content: none of them is special, whatever it spells."""
        return [i for piece in self._pieces(text) for i in self._encode(piece) if i not in self.special]

    def _pieces(self, text: str) -> list[str]:
        if self._special_starts is None:
            return [text]
        cuts = [match.start() + 1 for match in self._special_starts.finditer(text)]
        return [piece for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True) if (piece := text[a:b])]

    def render(self, parts: Iterable[Part], salt: bytes) -> list[int]:
        """Ids of a whole prompt."""
        ids: list[int] = []
        for part in parts:
            if isinstance(part, Control):
                ids.append(self._controls[part.spelling])
            elif isinstance(part, Salt):
                ids += self.salt(salt)
            else:
                ids += self.encode(part)
        return ids

    def salt(self, secret: bytes) -> list[int]:
        """Sixteen tokens of blank space that stand for a secret; none for an empty one.

        Blank space because it means nothing to a model: words cost it answers (measured, see
        docs/decisions/2026-11-23-prompts.md).
        """
        if not secret:
            return []
        drawn = int.from_bytes(sha256(secret).digest())
        ids = []
        for _ in range(_SALT_TOKENS):
            drawn, choice = divmod(drawn, len(self._blank))
            ids.append(self._blank[choice])
        return ids

    def ids_of(self, spellings: Iterable[str]) -> frozenset[int]:
        """The special tokens of these spellings, of those that the vocabulary has."""
        return frozenset(self._controls[spelling] for spelling in spellings if spelling in self._controls)

    def spelling(self, id: int) -> str:
        """How a special token is spelled."""
        return self._tokens[id].decode()

    def bytes_of(self, ids: Iterable[int]) -> bytes:
        """What ids spell; special ones spell nothing."""
        return b"".join(self._tokens[i] for i in ids if i not in self.special)


def from_tokenizer(tokenizer: Any, special: Iterable[int]) -> Vocabulary:
    """The vocabulary of an `openvino_genai.Tokenizer`."""

    def encode(text: str) -> list[int]:
        ids: list[int] = tokenizer.encode(text, add_special_tokens=False).input_ids.data[0].tolist()
        return ids

    table: dict[bytes, int] = tokenizer.get_vocab()
    tokens = [b""] * (max(table.values()) + 1)
    for spelling, i in table.items():
        tokens[i] = spelling
    return Vocabulary(tokens, special, encode)
