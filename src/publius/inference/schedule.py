"""Who of those that wait is in the batch, step by step: the queue decides, the engine only carries out.

A request is admitted when its turn has come, there is a place in the batch, and the cache has blocks for its whole
prompt and the longest answer that it may get; so OpenVINO never has to throw out a running one to make room. Only so
much is admitted as the next step can read, since what is in the engine can no longer be passed, and a step carries
only so much that running answers do not stall.
"""

import time
from collections import Counter
from collections.abc import Callable

from publius.errors import AnswerTooSlow, InvalidRequest, PubliusError, WaitedTooLong
from publius.inference.batch import Batch, Prompt, Warming
from publius.inference.engine import Request
from publius.inference.fairness import READING, WRITING, FairQueue, Ticket
from publius.inference.generation import Generation
from publius.inference.load import Durations, Load
from publius.inference.pipeline import BLOCK_TOKENS, MOST_TOGETHER, STEP_TOKENS
from publius.inference.prefixes import PrefixEstimate
from publius.inference.reading import Reading
from publius.inference.stepping import StepSize
from publius.inference.waiting import Turnover, WaitingLimits
from publius.types import Usage

_RECENT = 30.0  # Seconds after which an agency that was served is not expected back.
_KEPT_PLACES = 8  # Beyond those that anyone may fill: for agencies with less under way than another.
_KEPT_BLOCKS = 16  # One part in so many of the cache is kept for them too.


class Entry:
    """One request from its arrival to its end. When it fails, `error` says why."""

    def __init__(self, prompt: Prompt, arrived: float) -> None:
        self.prompt = prompt
        self.arrived = arrived
        self.agency = prompt.request.agency
        self.length = len(prompt.tokens)
        self.blocks = -(-(self.length + prompt.most) // BLOCK_TOKENS) + 1
        self.read = 0
        self.cached = 0
        self.ticket: Ticket[Entry] | None = None
        self.admitted = False
        self.warming: Warming | None = None
        self.generation: Generation | None = None
        self.error: PubliusError | None = None

    @property
    def usage(self) -> Usage:
        """Tokens so far."""
        written = self.generation.usage.completion_tokens if self.generation else 0
        return Usage(self.length if self.admitted else 0, written, self.cached)


class Schedule:
    """The queue before one batch. `queue` may be another discipline, for comparison."""

    def __init__(
        self,
        batch: Batch,
        limits: WaitingLimits,
        *,
        queue: FairQueue[Entry] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._batch = batch
        self._limits = limits
        self._clock = clock
        self._queue: FairQueue[Entry] = FairQueue() if queue is None else queue
        self._turnover = Turnover(limits)
        self._reading: Reading[Entry] = Reading(BLOCK_TOKENS)
        self._size = StepSize(BLOCK_TOKENS, STEP_TOKENS)
        self._served: dict[int, float] = {}  # when each agency was last admitted
        self._compiling: dict[Entry, None] = {}  # what waits for its grammar, and only then for its turn
        self._writing: dict[Entry, None] = {}
        self._prefixes = PrefixEstimate(batch.blocks, BLOCK_TOKENS)
        self._leaving = 0  # blocks of cancelled answers, which the next step frees
        self._waited = Durations()
        self._read = self._cached = self._written = 0

    @property
    def busy(self) -> bool:
        due = any(_compiled(entry) or self._overdue(entry) for entry in self._compiling)
        return bool(due or self._queue or self._reading or self._writing or self._batch.busy())

    @property
    def idle(self) -> bool:
        """Whether nobody waits for anything."""
        return not (self.busy or self._compiling)

    @property
    def running(self) -> int:
        """Requests that have been admitted and are not over."""
        return len(self._reading) + len(self._writing)

    def add(self, request: Request) -> Entry:
        """Let a request wait for its turn.

        Raises:
            PromptTooLong: it never fits; QueueFull, EngineFull: too many wait.
        """
        now = self._clock()
        self._turnover.check(now, self, request.agency)
        entry = Entry(self._batch.prepare(request), now)
        if entry.prompt.compilation:
            self._compiling[entry] = None
        else:
            self._line_up(entry)
        return entry

    def __len__(self) -> int:
        return len(self._queue) + len(self._compiling)

    def waiting(self) -> dict[int, int]:
        """How many wait, for their turn or for their grammar, by agency."""
        return dict(Counter(self._queue.waiting()) + Counter(entry.agency for entry in self._compiling))

    def end(self, entry: Entry) -> None:
        """It is over, or not wanted any more: its place is free from the next step on."""
        if entry in self._compiling:
            assert entry.prompt.compilation
            del self._compiling[entry]
            self._batch.compiler.give_up(entry.prompt.compilation)
        elif entry.ticket and not entry.admitted:
            self._queue.remove(entry.ticket)
        elif entry in self._writing:
            assert entry.generation
            entry.generation.cancel()
            del self._writing[entry]
            self._leaving += entry.blocks
        elif entry in self._reading:
            if entry.warming:
                entry.warming.cancel()
            self._reading.remove(entry)
            self._leaving += entry.blocks

    def wrote(self, entry: Entry, tokens: int) -> None:
        """An answer grew; its agency and user are charged."""
        if tokens and entry.usage.completion_tokens == tokens:  # its first: so the prompt is read
            self._prefixes.hold(entry.prompt.tokens)
        self._written += tokens
        assert entry.ticket
        self._queue.charge(entry.ticket, WRITING * tokens)

    def step(self) -> None:
        """Admit, read what the plan says, and write one token of every running answer."""
        self._expire()
        self._take_compiled()
        self._admit()
        begun = self._clock()
        read = self._feed()
        if self._batch.busy():
            self._batch.step()
            self._size.took(self._clock() - begun, read, len(self._writing))
        self._leaving = 0

    def load(self) -> Load:
        """For whoever watches."""
        running = Counter(entry.agency for entry in (*self._reading, *self._writing))
        return Load(
            waiting=self.waiting(),
            running=dict(running),
            waited=self._waited,
            read_tokens=self._read,
            cached_tokens=self._cached,
            written_tokens=self._written,
            cache_used=self._batch.cache_used(),
            cache_bytes=self._batch.cache_bytes(),
        )

    def _expire(self) -> None:
        now = self._clock()
        waiting = [*self._compiling, *(ticket.item for ticket in self._queue)]
        for entry in [e for e in waiting if self._overdue(e)]:
            self._fail(
                entry,
                WaitedTooLong(
                    f"The request waited {self._limits.wait:.0f} seconds for its turn.",
                    retry_after=self._turnover.seconds(now, len(self._queue)),
                ),
            )
        for entry in [e for e in (*self._reading, *self._writing) if now - e.arrived > self._limits.answer]:
            self._fail(entry, AnswerTooSlow(f"The answer was not whole after {self._limits.answer:.0f} seconds."))

    def _overdue(self, entry: Entry) -> bool:
        return self._clock() - entry.arrived > self._limits.wait

    def _take_compiled(self) -> None:
        """Let those whose grammar is compiled wait for their turn like everybody."""
        for entry in [entry for entry in self._compiling if _compiled(entry)]:
            del self._compiling[entry]
            if entry.prompt.compilation and entry.prompt.compilation.error:
                entry.error = entry.prompt.compilation.error
            else:
                self._line_up(entry)

    def _line_up(self, entry: Entry) -> None:
        request = entry.prompt.request
        entry.ticket = self._queue.add(entry, agency=request.agency, user=request.user, weight=request.weight)

    def _fail(self, entry: Entry, error: PubliusError) -> None:
        self.end(entry)
        entry.error = error

    def _admit(self) -> None:
        now = self._clock()
        while (ticket := self._queue.next()) and self._fits(entry := ticket.item):
            entry.cached = entry.read = self._prefixes.known(entry.prompt.tokens)
            entry.admitted = True
            self._queue.admit(ticket, entry.length)
            self._queue.charge(ticket, -READING * entry.cached)
            self._reading.add(entry, self._answers())
            self._turnover.admitted(now, entry.agency)
            self._served[entry.agency] = now
            self._waited.add(now - entry.arrived)
            self._read += entry.length
            self._cached += entry.cached

    def _fits(self, entry: Entry) -> bool:
        under_way = [*self._reading, *self._writing]
        answers = self._answers()
        if self._reading.ahead_of(entry.agency, answers) >= self._size.to_read(len(self._writing)):
            return False
        counts = Counter(other.agency for other in under_way)
        places, blocks = self._size.answers(MOST_TOGETHER, shared=self._shared(entry.agency)), self._batch.blocks
        if counts[entry.agency] < max(counts.values(), default=1):
            places += _KEPT_PLACES
        else:
            blocks -= blocks // _KEPT_BLOCKS
        used = sum(other.blocks for other in under_way) + self._leaving
        return len(under_way) < places and used + entry.blocks <= blocks

    def _shared(self, agency: int) -> bool:
        """Whether agencies besides this one are served, or were a moment ago."""
        now = self._clock()
        self._served = {other: last for other, last in self._served.items() if now - last < _RECENT}
        return any(other != agency for other in self._served)

    def _feed(self) -> int:
        """Give the engine what the next step reads; how many tokens that is."""
        tokens = 0
        for entry, upto in self._reading.plan(self._size.to_read(len(self._writing)), self._answers()):
            if entry.warming and not entry.warming.over:
                continue  # It was less cached than was thought, and takes another step.
            if upto == entry.length:
                self._begin(entry)
            else:
                entry.warming = self._batch.warm(entry.prompt, upto)
            tokens += upto - entry.read
            entry.read = upto
        return tokens

    def _begin(self, entry: Entry) -> None:
        try:
            entry.generation = self._batch.begin(entry.prompt)
        except InvalidRequest as error:
            self._fail(entry, error)
            return
        self._reading.remove(entry)
        self._writing[entry] = None

    def _answers(self) -> dict[int, int]:
        return dict(Counter(entry.agency for entry in self._writing))


def _compiled(entry: Entry) -> bool:
    return entry.prompt.compilation is None or entry.prompt.compilation.over
