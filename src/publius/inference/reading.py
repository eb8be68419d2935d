"""In which order admitted prompts are read, and how much of them in the next step.

A prompt is read in pieces of whole cache blocks, each of which the engine keeps in its prefix cache, so that what
is read next can be decided anew before every step. An agency passes, once, each prompt of agencies that have more
under way than itself: its first token then waits for a step and not for their prompts.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
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

    def ahead_of(self, agency: int, writing: Mapping[int, int]) -> int:
        """Unread tokens that one more prompt of `agency` would wait for."""
        return sum(prompt.length - prompt.read for prompt in self._prompts[: self._place(agency, writing)])

    def add(self, prompt: P, writing: Mapping[int, int]) -> None:
        """Put a prompt in its place. `writing` is how many answers each agency has under way."""
        at = self._place(prompt.agency, writing)
        for behind in self._prompts[at:]:
            self._passed[id(behind)].add(prompt.agency)
        self._prompts.insert(at, prompt)
        self._passed[id(prompt)] = set()

    def remove(self, prompt: P) -> None:
        """It is read, or not wanted any more."""
        self._prompts.remove(prompt)
        del self._passed[id(prompt)]

    def plan(self, tokens: int, writing: Mapping[int, int]) -> list[tuple[P, int]]:
        """What the next step reads: prompts, and up to which token. One that is read to its end may begin to answer.

        The step carries no prompt of those who have more under way than whose turn it is, so that it is short.
        """
        busy = self._under_way(writing)
        planned: list[tuple[P, int]] = []
        for prompt in takewhile(lambda prompt: busy[prompt.agency] <= busy[self._prompts[0].agency], self._prompts):
            rest = prompt.length - prompt.read
            if rest > tokens:
                upto = (prompt.read + tokens) // self._block * self._block
                if upto > prompt.read:
                    planned.append((prompt, upto))
                break
            planned.append((prompt, prompt.length))
            tokens -= rest
        return planned

    def _place(self, agency: int, writing: Mapping[int, int]) -> int:
        busy = self._under_way(writing)
        at = len(self._prompts)
        while at and busy[self._prompts[at - 1].agency] > busy[agency] + 1 and self._not_passed(agency, at - 1):
            at -= 1
        return at

    def _not_passed(self, agency: int, at: int) -> bool:
        return agency not in self._passed[id(self._prompts[at])]

    def _under_way(self, writing: Mapping[int, int]) -> Counter[int]:
        return Counter(prompt.agency for prompt in self._prompts) + Counter(writing)
