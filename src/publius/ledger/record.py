"""One walk's record: what the rooms noted, and the entry that is drawn up from it."""

import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

from msgspec import Struct, field, structs

from publius.errors import LedgerUnavailable
from publius.ledger.body import Cited, Content, Entry, Source, Spent, Tool, Verdict, Walk, Weights, content
from publius.types import (
    Agency,
    Answer,
    Checked,
    Choice,
    Claim,
    Delta,
    Draft,
    Evidence,
    Grant,
    Principal,
    Question,
    Receipt,
    Stay,
    Usage,
    Walked,
)

Append = Callable[[Agency | None, Entry], Awaitable[Receipt]]
Journal = Callable[[Agency | None, Entry], Awaitable[None]]


class Notes(Struct):
    """All that is known about a walk so far."""

    question: Question
    principal: Principal | None = None
    grant: Grant | None = None
    evidence: Evidence = Evidence()
    draft: Draft | None = None
    checked: Checked | None = None
    sent: list[Claim | Delta] = field(default_factory=list)  # what has left in a stream, before there is a whole answer

    @property
    def level(self) -> int:
        """The highest of what the answer rests on, and of the conversation that it goes on with.

        One that rests on nothing has the agency's default, since nobody has said that it is less.
        """
        agency = self.principal.agency if self.principal else None
        found = self.evidence.passages or self.evidence.nearest or self.evidence.tools
        default = min(agency.labels.default, agency.ceiling) if agency and not found else 0
        return max(self.question.level, self.evidence.level, default)

    @property
    def label(self) -> str:
        """The agency's name for that level."""
        return self.principal.agency.labels.name(self.level) if self.principal else ""

    @property
    def usage(self) -> Usage:
        """Tokens read and written."""
        return self.draft.usage if self.draft else Usage()


class Record:
    """Handed to the walk by `Ledger.open`. The rooms' results are noted on it; sealing it gives the answer."""

    def __init__(self, question: Question, append: Append, journal: Journal) -> None:
        self.id = uuid4()
        self.sealed = False  # true from the first attempt: there is never a second leaf
        self._outcome = ""
        self._notes = Notes(question)
        self._append = append
        self._journal = journal
        self._begun = False
        self._created = datetime.now(UTC)
        self._start = time.perf_counter()
        self._timing: dict[str, float] = {}
        self._stays: dict[str, Stay] = {}
        self._in = ""  # the room that the walk is in, or that it broke off in

    @property
    def agency(self) -> Agency | None:
        """Whose log this goes into; None is the platform's, as long as nobody knows who asks."""
        return self._notes.principal.agency if self._notes.principal else None

    def note(self, thing: Principal | Grant | Evidence | Draft | Claim | Delta) -> None:
        """Remember what a room gave. In a stream, note each claim or piece of text before it leaves."""
        match thing:
            case Principal():
                self._notes.principal = thing
            case Grant():
                self._notes.grant, self._notes.principal = thing, thing.principal
            case Evidence():
                self._notes.evidence = thing
            case Draft():
                self._notes.draft = thing
            case Claim(released=True) | Delta():
                self._notes.sent.append(thing)

    @contextlib.contextmanager
    def timed(self, room: str) -> Iterator[None]:
        """Add the time in this block to the room's."""
        start = time.perf_counter()
        self._in = room
        try:
            yield
            self._in = ""
        finally:
            self._left(room, start)
            self._timing[room] = self._stays[room].busy

    async def begin(self) -> None:
        """Make the walk durable before anything of its answer leaves, so that even a crash leaves a record.

        Raises:
            LedgerUnavailable: it could not be written.
        """
        await self._journal(self.agency, self._entry("interrupted"))
        self._begun = True

    async def seal(self, checked: Checked) -> Answer:
        """Append the leaf and give the answer with its receipt.

        Raises:
            LedgerUnavailable: the leaf could not be written, so there is no answer.
        """
        self._notes.checked = checked
        self._timing["total"] = time.perf_counter() - self._start
        receipt = await self.close("answered" if checked.answered else "not-answered")
        ended = time.perf_counter() - self._start
        timing = {**self._timing, "ledger": ended - self._timing["total"], "total": ended}
        question, draft, usage = self._notes.question, self._notes.draft, self._notes.usage
        sees = self._notes.grant is not None and self._notes.grant.sees_cached
        return Answer(
            id=question.id,
            created=self._created,
            model=question.model,
            checked=checked,
            finish_reason=draft.finish_reason if draft else "stop",
            usage=usage if sees else structs.replace(usage, cached_tokens=0),
            receipt=receipt,
            timing=timing,
            shows_cached=sees,
            level=self._notes.level,
            label=self._notes.label,
            documents=self._notes.evidence.documents,
        )

    async def close(self, outcome: str) -> Receipt:
        """Append the leaf with this outcome.

        Raises:
            LedgerUnavailable: it could not be written, or the walk has its leaf already.
        """
        if self.sealed:
            raise LedgerUnavailable("This walk has its record already.")
        self.sealed = True
        self._outcome = outcome
        start = time.perf_counter()
        self._timing.setdefault("total", start - self._start)
        try:
            return await self._append(self.agency, self._entry(outcome))
        except LedgerUnavailable as error:
            self._outcome, self._in = f"error:{error.code}", "ledger"
            raise
        finally:
            self._left("ledger", start)

    def walked(self) -> Walked:
        """What the walk was, once it is closed."""
        notes = self._notes
        kind, _, code = self._outcome.partition(":")
        return Walked(
            request=notes.question.id,
            door=notes.question.door,
            agency=self.agency.slug if self.agency else "platform",
            model=notes.grant.model.id if notes.grant else "",
            outcome=kind,
            code=code,
            fault=self._in if code else "",
            began=int(self._created.timestamp() * 1e9),
            seconds=time.perf_counter() - self._start,
            stays=tuple(self._stays.values()),
            usage=notes.draft.usage if notes.draft else Usage(),
            passages=len(notes.evidence.passages),
        )

    def _left(self, room: str, start: float) -> None:
        """Note that the walk was in a room from `start` until now, perhaps not for the first time."""
        now = time.perf_counter()
        before = self._stays.get(room)
        began, busy = (before.began, before.busy) if before else (start - self._start, 0.0)
        self._stays[room] = Stay(room, began, now - self._start, busy + now - start)

    def _entry(self, outcome: str) -> Entry:
        walk = Walk(
            record=self.id,
            agency=self.agency.slug if self.agency else "platform",
            question=self._notes.question.id,
            when=self._created,
            door=self._notes.question.door.value,
            outcome=outcome,
            timing={room: round(seconds * 1e6) for room, seconds in self._timing.items()},
        )
        contents = draw_up(walk, self._notes) if self.agency else []
        return Entry(walk, contents, journaled=self._begun)


def draw_up(walk: Walk, notes: Notes) -> list[Content]:
    """Fill in the body from the notes, and return the content that it commits to.

    Not done for a walk of an unknown agency: nobody may read in the platform's log what an agency's people asked.
    """
    contents: list[Content] = []

    def commit(piece: Content) -> str:
        contents.append(piece)
        return piece.commitment()

    question, draft, checked = notes.question, notes.draft, notes.checked
    asked = {
        "messages": question.messages,
        "model": question.model,
        "sampling": question.sampling,
        "form": question.form,
    }
    if question.call is not None:
        asked |= {"call": question.call, "language": question.language}
    walk.prompt = commit(content("prompt", asked))
    walk.who = notes.principal.id if notes.principal else None
    walk.label = notes.label or None
    walk.model = notes.grant.model.id if notes.grant else None
    walk.passages = tuple(
        Source(p.document_id, p.revision, p.start, p.end, commit(content(f"passage:{at}", p.text, p.document_id)))
        for at, p in enumerate(notes.evidence.passages)
    )
    walk.tools = tuple(
        Tool(t.name, commit(content(f"tool:{at}", {"arguments": t.arguments, "value": t.value, "derivation": t.text})))
        for at, t in enumerate(notes.evidence.tools)
    )
    if draft is not None:
        walk.weights = Weights(draft.model, draft.weights) if draft.model else None
        walk.usage = Spent(draft.usage.prompt_tokens, draft.usage.completion_tokens)
        walk.draft = commit(content("draft", draft.text))
    if checked is not None:
        _judge(walk, checked)
    if checked is not None or notes.sent:
        text, choices = (checked.text, checked.choices) if checked is not None else _left(notes.sent)
        walk.answer = commit(content("answer", text))
        if len(choices) > 1 or any(choice.calls for choice in choices):
            walk.choices = commit(content("choices", [structs.replace(choice, logprobs=()) for choice in choices]))
    return contents


def _left(sent: list[Claim | Delta]) -> tuple[str, tuple[Choice, ...]]:
    """What left of an answer that was broken off, as `Checked` holds a whole one: its text, and all that was begun."""
    deltas = [thing for thing in sent if isinstance(thing, Delta)]
    if not deltas:
        return " ".join(claim.text for claim in sent if isinstance(claim, Claim)), ()
    choices = []
    for number in range(max(delta.choice for delta in deltas) + 1):
        own = [delta for delta in deltas if delta.choice == number]
        text, calls = "".join(delta.text for delta in own), tuple(call for delta in own for call in delta.calls)
        choices.append(Choice(text=text, finish_reason="cancelled", calls=calls))
    return choices[0].text, tuple(choices)


def _judge(walk: Walk, checked: Checked) -> None:
    withheld = Counter(claim.reason.value for claim in checked.withheld if claim.reason)
    walk.verification = Verdict(checked.grounded, checked.quoted, len(checked.claims), dict(withheld))
    walk.citations = tuple(Cited(c.number, c.document_id, c.revision, c.start, c.end) for c in checked.citations)
