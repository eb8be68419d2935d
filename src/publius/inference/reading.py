"""In which order admitted prompts are read, and how much of them in the next step.

A prompt is read in pieces of whole cache blocks, each of which the engine keeps in its prefix cache, so that what
is read next can be decided anew before every step. An agency with nothing under way passes, once, each prompt
of agencies that have answers under way: its first token then waits for a step and not for their prompts.
"""

from collections.abc import Iterator
from itertools import takewhile
from typing import Generic, Protocol, TypeVar


class Prompted(Protocol):
    """A prompt of `length` tokens of which `read` need no reading any more."""

    @property
    def agency(self) -> int: ...
    @property
    def length(self) -> int: ...
    @property
    def read(self) -> int: ...


P = TypeVar("P", bound=Prompted)


class Reading(Generic[P]):
    """The prompts that are being read. `block` is in tokens."""

    def __init__(self, block: int) -> None:
        self._block = block
        self._prompts: list[P] = []
        self._passed: dict[int, set[int]] = {}  # by id of a prompt: the agencies that went ahead of it

    def __len__(self) -> int:
        return len(self._prompts)

    def __iter__(self) -> Iterator[P]:
        return iter(self._prompts)

    @property
    def unread(self) -> int:
        """Tokens that are still to be read."""
        return sum(prompt.length - prompt.read for prompt in self._prompts)

    def add(self, prompt: P, writing: dict[int, int]) -> None:
        """Put a prompt in its place. `writing` is how many answers each agency has under way, none left out."""
        at = len(self._prompts)
        if not writing.get(prompt.agency) and not any(mine.agency == prompt.agency for mine in self._prompts):
            while at and self._may_pass(prompt.agency, self._prompts[at - 1], writing):
                at -= 1
        for behind in self._prompts[at:]:
            self._passed[id(behind)].add(prompt.agency)
        self._prompts.insert(at, prompt)
        self._passed[id(prompt)] = set()

    def remove(self, prompt: P) -> None:
        """It is read, or not wanted any more."""
        self._prompts.remove(prompt)
        del self._passed[id(prompt)]

    def plan(self, tokens: int, writing: dict[int, int]) -> list[tuple[P, int]]:
        """What the next step reads: prompts, and up to which token. One that is read to its end may begin to answer.

        While an agency waits for its only answer to begin, the step carries no prompt of those who have
        some already, so that it is short.
        """
        first = list(takewhile(lambda prompt: not writing.get(prompt.agency), self._prompts))
        planned: list[tuple[P, int]] = []
        for prompt in first or self._prompts:
            rest = prompt.length - prompt.read
            if rest > tokens:
                upto = (prompt.read + tokens) // self._block * self._block
                if upto > prompt.read:
                    planned.append((prompt, upto))
                break
            planned.append((prompt, prompt.length))
            tokens -= rest
        return planned

    def _may_pass(self, agency: int, other: P, writing: dict[int, int]) -> bool:
        return bool(writing.get(other.agency)) and agency not in self._passed[id(other)]
