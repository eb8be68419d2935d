"""The one error that a mission raises on purpose: what was given cannot be computed with."""

from collections.abc import Mapping


class InvalidInput(ValueError):
    """What is wrong with what was given (`message`) and what to do about it (`cure`), in plain words.

    `problems` has a sentence for each input that cannot be used, by its path: `family_size`, `parents.0.income_tax`.
    """

    def __init__(self, message: str, cure: str = "", problems: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{message} {cure}".strip())
        self.message = message
        self.cure = cure
        self.problems = dict(problems or {})


class Unfinished(InvalidInput):
    """What could be done of a command was done, and `said` tells of it; the message names what could not, and why."""

    def __init__(self, said: str, message: str, cure: str = "") -> None:
        super().__init__(message, cure)
        self.said = said
