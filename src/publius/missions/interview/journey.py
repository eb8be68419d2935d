"""Where somebody stands in an interview: the pages that are for them, and what the tools get of their answers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from publius.kit import Ask, InvalidInput, Kind, Parameter, Result, Tool
from publius.kit.reading import read_all
from publius.missions.interview.script import Fact, Page, Script

UNKNOWN = "unknown"
TICKED = ","  # between the names of what was ticked


class Journey:
    """The way through `script` that these answers, by the id of their page, make.

    Answers to pages that are off the way are passed over, so that they are there again when the way leads back.
    """

    def __init__(self, script: Script, tools: Mapping[str, Tool], answers: Mapping[str, str]) -> None:
        self.script = script
        self._tools = tools
        self._given: dict[str, str] = {}
        self._results: dict[tuple[str, ...], Result[Any] | None] = {}
        self.pages: list[Page] = []  # those for this person, up to and with the first one that is still open
        self.open: Page | None = None
        ahead = list(script.page)
        while ahead and self.open is None:
            page = ahead.pop(0)
            if not self._is_for_them(page):
                continue
            self.pages.append(page)
            if page.id not in answers:
                self.open = page
            else:
                self._given[page.id] = answers[page.id]
                ahead[:0] = self._follow(page, answers[page.id])

    @property
    def answered(self) -> list[Page]:
        """The pages on the way that have an answer."""
        return [page for page in self.pages if page is not self.open]

    def page(self, id: str) -> Page | None:
        """The page of that id, if it is on the way."""
        return next((page for page in self.pages if page.id == id), None)

    def before(self, page: Page) -> Page | None:
        """The page before this one on the way."""
        at = self.pages.index(page)
        return self.pages[at - 1] if at else None

    def after(self, page: Page) -> Page | None:
        """The page after this one, or None when that was the last."""
        at = self.pages.index(page) + 1
        return self.pages[at] if at < len(self.pages) else None

    def parameter(self, page: Page) -> Parameter:
        """What the page asks, as an input of the page's name in the page's words. Not for a page of ticks."""
        given = self._input(page.gives[0]) if page.gives else Parameter(page.id, Kind.YES_NO, Ask(page.en, page.es))
        was = given.ask
        ask = replace(
            was,
            question=page.en or was.question,
            es=page.es or was.es,
            help=page.help or was.help,
            help_es=page.help_es or was.help_es,
        )
        # A choice is never made for somebody; a figure that the tool takes to be 0 may be left blank.
        default = None if given.choices or given.kind is Kind.YES_NO else given.default
        return replace(given, name=page.id, ask=ask, required=default is None, default=default)

    def among(self, page: Page) -> dict[str, Parameter]:
        """What can be ticked on a page of ticks, by name."""
        return {_name(target): self._input(target) for target in page.among}

    def read(self, page: Page, text: str, language: str) -> str:
        """The answer as it is kept: a figure as it was written, anything else by its value.

        InvalidInput says what is wrong with it, by the page's id.
        """
        if page.among:
            sent = set(text.split(TICKED))
            return TICKED.join(name for name in self.among(page) if name in sent)
        value = self.value(page, text, language)
        return text if _is_figure(value) else _written(value)

    def value(self, page: Page, text: str, language: str = "en") -> Any:
        """What the answer means. Not for a page of ticks. InvalidInput as `read` raises it."""
        return read_all((self.parameter(page),), {page.id: text}, language=language)[page.id]

    def fields(self, tool: str) -> dict[str, str]:
        """What this tool gets of the answers, as its form would send it."""
        fields = {}
        for page in self.answered:
            answer = self._given[page.id]
            for target, text in [(target, answer) for target in page.gives] + self._ticks(page, answer):
                if target.startswith(f"{tool}.") and text:
                    fields[target.partition(".")[2]] = text
        for fact in self.script.fact:
            for target in fact.gives:
                if target.startswith(f"{tool}.") and (value := self._fact(fact)) != UNKNOWN:
                    fields[target.partition(".")[2]] = value
        return fields

    def asking(self, path: str) -> Page | None:
        """The first page that gives the computing tool's input at this path, or one within it, such as `parents`."""
        whole = f"{self.script.computes}.{path}"
        return next(
            (page for page in self.pages if any(f"{target}.".startswith(f"{whole}.") for target in page.gives)), None
        )

    def _input(self, target: str) -> Parameter:
        tool, _, path = target.partition(".")
        found = self._tools[tool].parameter(path)
        assert found is not None, f"{target} was checked as the interview was read"
        return found

    def _ticks(self, page: Page, answer: str) -> list[tuple[str, str]]:
        """The yes-or-no inputs that were ticked, which is an answer in itself."""
        ticked = answer.split(TICKED)
        return [
            (target, "yes")
            for target in page.among
            if _name(target) in ticked and self._input(target).kind is Kind.YES_NO
        ]

    def _follow(self, page: Page, answer: str) -> list[Page]:
        """The pages that ask for what was ticked, in the order of the list."""
        ticked = answer.split(TICKED)
        return [
            Page(id=f"{page.id}.{_name(target)}", part=page.part, gives=(target,))
            for target in page.among
            if _name(target) in ticked and self._input(target).kind is not Kind.YES_NO
        ]

    def _is_for_them(self, page: Page) -> bool:
        barred = any(self._holds(name, values) for name, values in page.unless.items())
        return not barred and all(self._holds(name, values) for name, values in page.when.items())

    def _holds(self, name: str, values: str | tuple[str, ...]) -> bool:
        wanted = {values} if isinstance(values, str) else set(values)
        return not wanted.isdisjoint(self._value(name).split(TICKED))

    def _value(self, name: str) -> str:
        if "." in name:
            tool, _, path = name.partition(".")
            return self.fields(tool).get(path, "")
        fact = next((each for each in self.script.fact if each.id == name), None)
        return self._fact(fact) if fact else self._given.get(name, "")

    def _fact(self, fact: Fact) -> str:
        result = self._result(fact.tool)
        if result is None:
            return UNKNOWN
        found: Any = result.derivation.amounts().get(fact.line, 0) if fact.line else getattr(result.value, fact.value)
        return found if isinstance(found, str) else "yes" if found else "no"

    def _result(self, name: str) -> Result[Any] | None:
        """What the tool makes of the answers so far; None as long as they are not enough."""
        tool, fields = self._tools[name], self.fields(name)
        key = (name, *(part for pair in fields.items() for part in pair))
        if key not in self._results:
            try:
                self._results[key] = tool(**tool.read_form(fields))
            except InvalidInput:
                self._results[key] = None
        return self._results[key]


def _is_figure(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _written(value: Any) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _name(target: str) -> str:
    return target.rpartition(".")[2]
