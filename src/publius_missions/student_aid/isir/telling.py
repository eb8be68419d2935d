"""An explained record in plain words, English or Spanish, and the same as data."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from publius.kit import InvalidInput, dollars, translated
from publius_missions.student_aid.application import Return
from publius_missions.student_aid.isir.explain import Compared, Explained, Given, Person, Step
from publius_missions.student_aid.isir.record import family_size, reject_reasons
from publius_missions.student_aid.isir.rejects import named
from publius_missions.student_aid.pell import MAXIMUM, MINIMUM
from publius_missions.student_aid.questions import SPANISH

LANGUAGES = ("en", "es")
FLAG = "Pell flag"
CODES = (MAXIMUM, MINIMUM)  # The record holds these as codes, of which 0 is no.


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("explain.toml").read_text(encoding="utf-8"))


class Telling:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise InvalidInput(f"There is no text in {language!r}.", f"Choose one of {', '.join(LANGUAGES)}.")
        self._at = LANGUAGES.index(language)

    def text(self, explained: Explained) -> str:
        """The whole record, one statement a line, under headings with an empty line before each."""
        return "\n".join(self._lines(explained))

    def _lines(self, explained: Explained) -> Iterator[str]:
        yield from self._heading(explained)
        yield from ("", self._say("titles", "given"))
        for person in explained.people:
            yield from self._person(person)
        if explained.result is None:
            reasons = ", ".join(named(code, self._at) for code in reject_reasons(explained.record))
            reasons = reasons or self._say("results", "no_reasons")
            yield from ("", self._say("results", "rejected", reasons=reasons))
        else:
            yield from ("", self._say("titles", "steps"))
            for step in explained.steps:
                yield from self._step(step)
            yield from ("", self._say("titles", "results"))
            yield from self._results(explained)
        yield from ("", self._say("results", "estimate"))

    def _say(self, block: str, key: str, /, **given: object) -> str:
        return _words()[block][key][self._at].format(**given)

    def law(self, text: str) -> str:
        """A name or a formula of the derivation."""
        return translated(text, SPANISH) if self._at else text

    def _heading(self, explained: Explained) -> Iterator[str]:
        applied = explained.application
        processed = _day(explained) or self._say("titles", "no_day")
        yield self._say("titles", "record", line=explained.line, award_year=applied.award_year, processed=processed)
        depends = "independent" if applied.parents is None else "dependent"
        yield f"{self._say('household', depends)} ({self._say('household', applied.formula)})."
        size, source = family_size(explained.record)
        state = applied.state or self._say("household", "no_state")
        known = self._say("household", f"family_{source}")
        yield self._say("household", "family", size=size, source=known, state=state)
        if applied.student.married:
            yield self._say("household", "married")
        if applied.parents is not None and applied.parents.married:
            yield self._say("household", "parents_married")
        if applied.benefits:
            yield self._say("household", "benefits")

    def _person(self, person: Person) -> Iterator[str]:
        yield f"  {self._say('people', person.who)}:"
        said = [*self._facts(person), *map(self._given, filter(_tells, person.given)), *self._zeros(person)]
        for each in said or [self._say("facts", "nothing")]:
            yield f"    {each}"

    def _facts(self, person: Person) -> Iterator[str]:
        about = person.about
        if str(about.filing_status) in _words()["filing_status"]:
            yield f"{self._say('filing_status', str(about.filing_status))}."
        if about.filed is not Return.US:
            yield f"{self._say('facts', 'elsewhere' if about.filed is Return.ELSEWHERE else 'not_required')}."
        for name in ("other_schedules", "earned_income_credit"):
            if getattr(about, name):
                yield f"{self._say('facts', name)}."

    def _given(self, given: Given) -> str:
        source = "both" if given.source == "entered" and given.sent is not None else given.source
        sent = "" if given.sent is None else dollars(given.sent)
        return f"{self._say('given', given.name)}: {dollars(given.amount)}, {self._say('sources', source, sent=sent)}."

    def _zeros(self, person: Person) -> Iterator[str]:
        """The amounts of zero together, for each source."""
        for source in dict.fromkeys(each.source for each in person.given if not _tells(each)):
            names = [each.name for each in person.given if each.source == source and not _tells(each)]
            listed = "; ".join(self._say("given", name) for name in names)
            yield f"{self._say('sources', 'zero', source=self._say('sources', source))}: {listed}."

    def _step(self, step: Step) -> Iterator[str]:
        line, held = step.line, ""
        if step.record is not None:
            same = step.record == line.amount
            held = self._say("results", "the_same" if same else "another", record=f"{step.record:,}")
        yield f"  {_upper(self.law(line.name))}: {self._amount(line.name, line.amount)}{held and f' ({held})'}"
        inputs = ", ".join(f"{self._input(name)} {amount:,}" for name, amount in line.inputs.items() if amount)
        yield f"    {self.law(line.formula)}{inputs and f'; {inputs}'}. {line.citation}."

    def _input(self, name: str) -> str:
        return self.law(name) if self._at else name.replace("_", " ")

    def _amount(self, name: str, amount: int) -> str:
        if name in (*CODES, "asset exemption"):
            answer = self._say("results", "yes" if amount else "no")
            return self._say("results", "coded", answer=answer, code=amount) if amount and name in CODES else answer
        return f"{amount:,}"

    def _results(self, explained: Explained) -> Iterator[str]:
        assert explained.result is not None
        for each in explained.compared:
            yield f"  {self._compared(each)}"
        held = [(step.line.name, step.record, step.line.amount) for step in explained.steps if step.record is not None]
        held += [(each.name, each.record, each.computed) for each in explained.compared]
        differing = [self._name(name) for name, record, computed in held if record != computed]
        count = "some_differ" if differing else "all_equal"
        names = ", ".join(differing)
        yield f"  {self._say('results', count, count=len(held), differing=len(differing), names=names)}"
        yield f"  {self._say('results', 'award', award=dollars(explained.result.value.pell))}"
        if not explained.record.fields["sai"]:
            yield f"  {self._say('results', 'provisional')}"
        if explained.today is not None:
            max_pell = self._amount(CODES[0], explained.today.max_pell)
            told = self._say("results", "earlier_told", sai=f"{explained.today.sai:,}", max_pell=max_pell)
            yield f"  {self._say('results', 'earlier', told=told)}"

    def _name(self, name: str) -> str:
        """The flag is no line of the law, and has a name of its own."""
        return self._say("results", "pell_flag") if name == FLAG else self.law(name)

    def _compared(self, each: Compared) -> str:
        if each.name == FLAG:
            record, computed = (self._say("results", "yes" if held else "no") for held in each[1:])
        else:
            record, computed = (self._amount(each.name, held) for held in each[1:])
        form = "equal" if each.record == each.computed else "differs"
        return self._say("results", form, name=_upper(self._name(each.name)), record=record, computed=computed)


def _tells(given: Given) -> bool:
    """Whether there is more to say of an amount than that it is zero."""
    return bool(given.amount or given.sent)


def _day(explained: Explained) -> str:
    """When the record was processed, 2025-12-01; the record writes it without hyphens."""
    day = explained.record.fields["process_date"]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def data(explained: Explained) -> dict[str, Any]:
    """The same as plain data for JSON: numbers as numbers, names in English as the derivation has them."""
    applied = explained.application
    size, source = family_size(explained.record)
    return {
        "line": explained.line,
        "award_year": applied.award_year,
        "processed": _day(explained) or None,
        "dependent": applied.parents is not None,
        "formula": applied.formula,
        "family_size": size,
        "family_size_source": source,
        "state": applied.state or None,
        "benefits": applied.benefits,
        "people": [
            {
                "who": person.who,
                "filing_status": person.about.filing_status or None,
                "filed": person.about.filed.value,
                "given": [each._asdict() for each in person.given],
            }
            for person in explained.people
        ],
        "reject_reasons": reject_reasons(explained.record),
        "derivation": [{**step.line._asdict(), "record": step.record} for step in explained.steps],
        "compared": [{**each._asdict(), "equal": each.record == each.computed} for each in explained.compared],
        "pell": explained.result and explained.result.value.pell,
        "provisional": explained.result is not None and not explained.record.fields["sai"],
        "today": explained.today and explained.today._asdict(),
    }
