"""A mission in conversation: what is refused, which tool is meant, what it still needs, and then its result.

Nothing of a conversation is kept. Each message is understood from those before it: our own last question says what is
known and what was asked for, and a result is computed only after the person said yes to exactly its inputs.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from publius.errors import InvalidInputs, NotFound
from publius.kit import InvalidInput, Tool
from publius.missions import hearing, phrases
from publius.missions.computing import Forms, computed
from publius.missions.helping import helped
from publius.missions.languages import language_of
from publius.missions.pack import Pack
from publius.missions.phrases import Spoken
from publius.missions.proposing import Propose, proposed
from publius.missions.refusals import refused
from publius.missions.routing import FIGURES, asks_else, gives_for, route, told_most, wants_result, wants_telling
from publius.missions.saying import Said, said
from publius.missions.shelf import Shelf
from publius.missions.slots import Slot, arguments, missing, slots_of, undecided
from publius.missions.turns import affirms, asks_something, denies, goes_on, knows_not, stated
from publius.retrieval.gathering import asked as searched
from publius.types import Evidence, Grant, Question, Reply, ToolCall, Usage

AT_ONCE = 3  # questions in one message


class Desk:
    """Answers for every mission.

    `url` is where people open pages, `secret` seals what they said into the addresses of forms, and `propose` is None
    where Llama is not asked.
    """

    def __init__(self, shelf: Shelf, url: str, secret: bytes, propose: Propose | None = None) -> None:
        self.shelf = shelf
        self._url = url
        self._secret = secret
        self._propose = propose

    async def evidence(self, pack: Pack, tools: Sequence[Tool], grant: Grant, question: Question) -> Evidence:
        """What the answer to a question rests on; for a called tool its result.

        Raises:
            NotFound: the mission has no such tool.
            InvalidInputs: a called tool cannot compute with its arguments; every problem is named.
        """
        if question.call is not None:
            return self._called(pack, tools, grant, question.call, question.language)
        return helped(pack, tools, question, self._url) or await _Turn(self, pack, tools, grant, question).evidence()

    def _called(self, pack: Pack, tools: Sequence[Tool], grant: Grant, call: ToolCall, language: str) -> Evidence:
        tool = next((tool for tool in tools if tool.name == call.name), None)
        if tool is None:
            names = ", ".join(each.name for each in tools)
            raise NotFound(f"{pack.id} has no tool {call.name[:64]!r}.", cure=f"It has: {names}.", param="tool")
        try:
            result = computed(pack, tool, json.loads(call.arguments), language, self.forms(grant, language))
        except InvalidInput as error:
            raise InvalidInputs(error.problems or {"": str(error)}) from None
        reply = Reply(kind="result", text=result.says, language=language, tool=tool.name)
        return Evidence(tools=(result,), reply=reply)

    async def sources(self, pack: Pack, words: str, language: str) -> Evidence:
        """What the mission's sources say; where they are silent, that they are."""
        found = await self.shelf.search(pack, words, language)
        text = phrases.NOT_IN_SOURCES[language].format(title=pack.title(language))
        nearest = list(dict.fromkeys(passage.title for passage in found.nearest or found.passages))
        if nearest:
            text = f"{text} {phrases.NEAREST[language].format(listed='; '.join(nearest))}"
        silent = Reply(kind="not-in-sources", text=text, language=language)
        if found.passages:
            return Evidence(passages=found.passages, otherwise=silent, asked=found.asked)
        return Evidence(nearest=found.nearest, reply=silent)

    def forms(self, grant: Grant, language: str) -> Forms:
        """Where whoever asks finds the forms with what is known filled in."""
        return Forms(self._secret, grant.agency, language)

    def form(self, forms: Forms, pack: Pack, tool: Tool, values: Mapping[str, Any]) -> str:
        """The whole address of the tool's form."""
        return f"{self._url}{forms.path(pack, tool, values)}"

    async def propose(
        self, grant: Grant, tools: Sequence[Tool], said: Sequence[str]
    ) -> tuple[Tool | None, dict[str, Any], Usage]:
        """What Llama proposes, where it is asked."""
        if self._propose is None or not tools:
            return None, {}, Usage()
        return await proposed(self._propose, grant, tools, said)


class _Turn:
    """One message of a person, understood from the messages before it."""

    def __init__(
        self,
        desk: Desk,
        pack: Pack,
        tools: Sequence[Tool],
        grant: Grant,
        question: Question,
    ) -> None:
        self._desk, self._pack, self._tools = desk, pack, tools
        self._grant, self._question = grant, question
        self._text = question.text
        self._said = [message.content for message in question.messages if message.role == "user"]
        self._language = language_of(self._said)
        self._forms = desk.forms(grant, self._language)
        self._spent = Usage()
        self._found: dict[str, Any] = {}  # by Llama, in the person's words

    async def evidence(self) -> Evidence:
        """See `Desk.evidence`."""
        if rule := refused(self._text, self._pack.card.refuse):
            return Evidence(reply=Reply(kind="refuse", text=rule.sentence(self._language), language=self._language))
        wanted = self._wanted()
        spoken, now = self._last(self._tools)
        if spoken is not None and (wanted is None or wanted.name == spoken.tool.name):
            reply = await self._goes_on(spoken, now)
            if reply is not None:
                return reply
        if wanted := wanted or self._given_for():
            return await self._begins(wanted)
        return await self._otherwise()

    def _wanted(self) -> Tool | None:
        """The tool that the message asks for: in so many words, or by giving figures for it."""
        tool = None if asks_else(self._text) else route(self._text, self._tools)
        if tool is None or wants_result(self._text):
            return tool
        if len(said(stated(self._text), slots_of(tool)).values) >= FIGURES:
            return tool
        if wants_telling(self._text):
            return None
        values = said(self._text, slots_of(tool)).values
        figures = len(values) >= FIGURES and any(map(hearing.is_number, values.values()))
        wanted = figures or gives_for(tool, self._text, values) or hearing.unknown_year(tool, values)
        return tool if wanted else None

    def _given_for(self) -> Tool | None:
        """The tool for which a message gives figures without naming it, and asks for nothing but a result."""
        plain = not asks_something(self._text) and not asks_else(self._text)
        return told_most(self._text, self._tools, amounts=True) if plain or wants_result(self._text) else None

    def _last(self, tools: Sequence[Tool]) -> tuple[Spoken | None, bool]:
        """The newest message of ours about one of these tools, and whether it is the one that is answered now."""
        ours = [message for message in self._question.messages if message.role == "assistant"]
        for at, message in enumerate(reversed(ours)):
            if (spoken := phrases.read_back(message.content, tools)) is not None:
                return spoken, at == 0
        return None, False

    async def _goes_on(self, spoken: Spoken, now: bool) -> Evidence | None:
        """What follows in a conversation that asked for something; None where the message is about something else."""
        if now and spoken.confirms and affirms(self._text):
            return self._result(spoken.tool, spoken.values)
        asked = spoken.asked if not spoken.confirms else ()
        text = self._text if wants_result(self._text) else stated(self._text)
        heard = hearing.heard(spoken.tool, [text], spoken.values, asked)
        heard = hearing.also(heard, hearing.outside(self._text, text))
        heard = hearing.of_one(heard, spoken, self._said[:-1])
        values: dict[str, Any] = dict(heard.values)
        if now and not values and knows_not(self._text):
            values = {slot.path: None for slot in undecided(spoken.tool, spoken.values) if slot in asked}
        understood = values or heard.several or hearing.spoken_of(spoken.tool, heard.named, spoken.values)
        if not understood and now and not asks_something(self._text) and (asked or not denies(self._text)):
            values = await self._proposed(spoken.tool)
        if understood or values:
            return self._next(spoken.tool, hearing.kept(spoken.values, heard.several) | values, heard)
        if not now or asks_something(self._text):
            return None
        notes = self._notes(spoken.tool, heard)
        if heard.doubtful:
            return self._ask(spoken.tool, spoken.values, asked, *notes)
        if spoken.confirms and denies(self._text):
            return self._ask(spoken.tool, spoken.values, (), *notes)
        return self._ask(spoken.tool, spoken.values, asked[:1], *(notes or [phrases.NOT_UNDERSTOOD[self._language]]))

    async def _begins(self, tool: Tool) -> Evidence:
        """A tool is asked for: what has been said already counts, newly or in an earlier turn to the same tool."""
        earlier, _ = self._last((tool,))
        known = dict(earlier.values) if earlier else {}
        heard = hearing.heard(tool, [self._text] if earlier else self._said, known)
        if earlier:
            heard = hearing.of_one(heard, earlier, self._said[:-1])
        values = hearing.kept(known, heard.several) | heard.values
        if missing(tool, values):
            values = hearing.kept(await self._proposed(tool), heard.several) | values
        return self._next(tool, values, heard)

    async def _proposed(self, tool: Tool) -> dict[str, Any]:
        _, values, spent = await self._desk.propose(self._grant, (tool,), self._said)
        self._spend(spent)
        self._found |= values
        return values

    async def _otherwise(self) -> Evidence:
        """No tool is asked for in so many words: the sources, or else what Llama or a tool's words suggest."""
        found = await self._told()
        if found.passages:
            return found
        tool = None if asks_else(self._text) else route(self._text, self._tools) or told_most(self._text, self._tools)
        if tool is not None:
            return await self._begins(tool)
        tool, values, spent = await self._desk.propose(self._grant, self._tools, self._said)
        self._spend(spent)
        if tool is not None and values:
            return self._next(tool, values, Said({}))
        return msgspec.structs.replace(found, spent=self._spent)

    async def _told(self) -> Evidence:
        """What the sources say; a message that goes on from the one before is searched for with it."""
        whole = searched(self._question.messages)
        for words in dict.fromkeys((whole if goes_on(self._text) else self._text, whole)):
            found = await self._desk.sources(self._pack, words, self._language)
            if found.passages:
                break
        return found

    def _next(self, tool: Tool, values: Mapping[str, Any], heard: Said) -> Evidence:
        """The next question; or where nothing is missing, all inputs to be confirmed."""
        given = values
        values, problems = _readable(tool, values, self._language)
        heard = hearing.also(heard, [f"{given[path]:,}" for path in problems if hearing.is_number(given[path])])
        notes = [*problems.values(), *self._notes(tool, heard)]
        if wrong := hearing.contradictions(tool, values, self._language):
            return self._ask(tool, values, (), *wrong, *notes)
        if lacking := missing(tool, values) or hearing.spoken_of(tool, heard.named, values):
            return self._ask(tool, values, _together(lacking), *notes)
        if open_ones := undecided(tool, values):
            return self._ask(tool, values, open_ones, *notes)
        try:
            computed(self._pack, tool, arguments(values), self._language, self._forms)
        except InvalidInput as error:
            return self._ask(tool, values, (), str(error), *notes)
        text = "\n\n".join([*notes, phrases.confirming(tool, values, self._language)])
        return self._reply("confirm", text, tool, values)

    def _notes(self, tool: Tool, heard: Said) -> list[str]:
        """What was said and is not used, so that nothing is left out without a word."""
        notes = phrases.unused(tool, heard.several, hearing.unused(heard, self._found), self._language)
        return [*phrases.yes_or_no(tool, heard.doubtful, heard.alone, self._language), *notes]

    def _ask(self, tool: Tool, values: Mapping[str, Any], slots: Sequence[Slot], *notes: str) -> Evidence:
        text = "\n\n".join([*notes, phrases.asking(tool, slots, values, self._language)])
        return self._reply("ask", text, tool, values, tuple(slot.path for slot in slots))

    def _reply(
        self, kind: Any, text: str, tool: Tool, values: Mapping[str, Any], asks: tuple[str, ...] = ()
    ) -> Evidence:
        link = self._desk.form(self._forms, self._pack, tool, values)
        reply = Reply(kind=kind, text=text, language=self._language, tool=tool.name, asks=asks, link=link)
        return Evidence(reply=reply, spent=self._spent)

    def _result(self, tool: Tool, values: Mapping[str, Any]) -> Evidence:
        try:
            result = computed(self._pack, tool, arguments(values), self._language, self._forms)
        except InvalidInput as error:
            return self._ask(tool, values, (), str(error))
        told = Reply(kind="result", text=result.says, language=self._language, tool=tool.name)
        asked = phrases.RESULT[self._language].format(title=phrases.title(tool, self._language))
        return Evidence(tools=(result,), otherwise=told, asked=asked)

    def _spend(self, more: Usage) -> None:
        self._spent = Usage(
            self._spent.prompt_tokens + more.prompt_tokens,
            self._spent.completion_tokens + more.completion_tokens,
            self._spent.cached_tokens + more.cached_tokens,
        )


def _readable(tool: Tool, values: Mapping[str, Any], language: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that the tool can read, and what is wrong with the others."""
    try:
        tool.read(arguments(values), language)
    except InvalidInput as error:
        wrong = {path: sentence for path, sentence in error.problems.items() if path in values}
        return {path: value for path, value in values.items() if path not in wrong}, wrong
    return dict(values), {}


def _together(lacking: Sequence[Slot]) -> tuple[Slot, ...]:
    """The next few questions: those that stand alone first, then all about the people of one list."""
    alone = [slot for slot in lacking if slot.people is None]
    if alone:
        return tuple(alone[:AT_ONCE])
    people = lacking[0].people
    return tuple(slot for slot in lacking if slot.people == people)
