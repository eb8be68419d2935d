"""What an input of a tool can be: its kind, the question it answers, its bounds and its choices.

A mission writes these into its types, `Annotated[Money, Between(0, 5_000), Ask("What did you pay?")]`, and everything
else follows from them: the schema for a model, the form for a person, the reading, and the errors in plain words.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

LARGEST = 9_999_999_999  # Ten digits: as wide as the widest dollar field of a federal form.
MOST_PEOPLE = 10  # In a list without bounds of its own.


class Kind(StrEnum):
    """The kinds of input."""

    MONEY = "money"
    WHOLE = "whole"
    YES_NO = "yes_no"
    AWARD_YEAR = "award_year"
    STATE = "state"
    CHOICE = "choice"
    PEOPLE = "people"


Money = Annotated[int, Kind.MONEY]  # whole dollars
Whole = Annotated[int, Kind.WHOLE]  # a whole number, from 0 unless it says otherwise
YesNo = Annotated[bool, Kind.YES_NO]
AwardYear = Annotated[str, Kind.AWARD_YEAR]  # such as 2026-27
State = Annotated[str, Kind.STATE]  # two letters


class Between(NamedTuple):
    """The least and the most that an amount or number may be, or how many people a list may have."""

    least: int
    most: int


class Choice(NamedTuple):
    """One answer of several: the value that code gets, what a person reads, and what else people call it."""

    value: str
    title: str
    title_es: str
    called: tuple[str, ...] = ()

    def label(self, language: str = "en") -> str:
        """What a person reads in this language."""
        return self.title_es if language == "es" else self.title


@dataclass(frozen=True, slots=True)
class Ask:
    """The question that an input answers, in English and Spanish; without Spanish, in English.

    `words` are how people name it in a conversation, in either language, `a|b` one thing by two words; `no` those that
    say no to it, `single` where it asks for `married`; `called` what a number is called, `half-time` for 50, and under
    0 what may be any number and is asked for, `part-time`. `named`: the entries of the list are told apart by names of
    their own, such as colleges. `of`: the list of people whose answer it is, though it stands alone. `choices` are the
    values of a choice, an award year or a state with their English and Spanish names, and behind these what else people
    call them in either language, or the values alone where they speak for themselves.
    """

    question: str
    es: str = ""
    help: str = ""
    help_es: str = ""
    words: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    called: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] | Collection[str] = ()
    named: bool = False
    of_age: str = ""
    of: str = ""

    def listed(self) -> tuple[Choice, ...]:
        """The choices, in their order."""
        if isinstance(self.choices, Mapping):
            return tuple(Choice(value, names[0], names[1], names[2:]) for value, names in self.choices.items())
        return tuple(Choice(value, value, value) for value in self.choices)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input of a tool, or of a person in a list (`fields`). One that is not required has a default."""

    name: str
    kind: Kind
    ask: Ask
    required: bool = True
    default: Any = None
    least: int = 0
    most: int = LARGEST
    choices: tuple[Choice, ...] = ()
    fields: tuple["Parameter", ...] = ()
    row: Any = None  # The NamedTuple of a person, and what holds the people: `list` or `tuple`.
    holder: Any = None

    def question(self, language: str = "en") -> str:
        """What a person is asked."""
        return self.ask.es if language == "es" and self.ask.es else self.ask.question

    def help(self, language: str = "en") -> str:
        """What helps to answer; "" where nothing does."""
        return self.ask.help_es if language == "es" and self.ask.help_es else self.ask.help
