"""The promise: nobody's flood takes another's turn, idling saves up nothing, and no place stays empty."""

from collections import Counter, deque
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from publius.inference.fairness import READING, WRITING, FairQueue, Ticket

ROOM = 400  # tokens that the engine holds at once
Job = tuple[int, int]  # tokens to read and to write
JOBS = st.lists(st.tuples(st.integers(1, 120), st.integers(1, 120)), min_size=1, max_size=12)


class Engine:
    """Holds up to ROOM tokens, reads a prompt at once, writes one token of every answer in a step."""

    def __init__(self) -> None:
        self.queue: FairQueue[Job] = FairQueue()
        self.running: dict[Ticket[Job], int] = {}
        self.service: Counter[int | str] = Counter()
        self.order: list[Ticket[Job]] = []

    def add(self, job: Job, agency: int, user: str = "u", weight: float = 1.0) -> None:
        self.queue.add(job, agency=agency, user=user, weight=weight)

    def used(self) -> int:
        return sum(sum(ticket.item) for ticket in self.running)

    def _serve(self, ticket: Ticket[Job], service: float) -> None:
        self.service[ticket.agency] += service
        self.service[ticket.user] += service

    def step(self, refill: Callable[[], None] = lambda: None) -> None:
        refill()
        while (ticket := self.queue.next()) and self.used() + sum(ticket.item) <= ROOM:
            self.queue.admit(ticket, ticket.item[0])
            refill()
            self._serve(ticket, READING * ticket.item[0])
            self.running[ticket] = ticket.item[1]
            self.order.append(ticket)
        for ticket in list(self.running):
            self.queue.charge(ticket, WRITING)
            self._serve(ticket, WRITING)
            self.running[ticket] -= 1
            if not self.running[ticket]:
                del self.running[ticket]


def step_with_backlog(engine: Engine, jobs: dict[int, deque[Job]], weights: dict[int, float] | None = None) -> None:
    """A step in which each of these agencies always has something waiting."""

    def refill() -> None:
        for agency, mine in jobs.items():
            while engine.queue.waiting().get(agency, 0) < 2:
                engine.add(mine[0], agency, weight=(weights or {}).get(agency, 1.0))
                mine.rotate(-1)

    engine.step(refill)


@given(a=JOBS, b=JOBS, steps=st.integers(1, 300))
@settings(deadline=None, max_examples=40)
def test_two_that_always_wait_stay_within_the_papers_bound(a: list[Job], b: list[Job], steps: int) -> None:
    engine, jobs = Engine(), {1: deque(a), 2: deque(b)}
    bound = 2 * max(READING * max(job[0] for job in a + b), WRITING * ROOM)
    for _ in range(steps):
        step_with_backlog(engine, jobs)
        assert abs(engine.service[1] - engine.service[2]) <= bound


@given(a=JOBS, b=JOBS, heavy=st.sampled_from([2.0, 3.0, 5.0]))
@settings(deadline=None, max_examples=12)
def test_service_follows_the_weights(a: list[Job], b: list[Job], heavy: float) -> None:
    engine, jobs, weights = Engine(), {1: deque(a), 2: deque(b)}, {1: heavy, 2: 1.0}
    bound = 2 * max(READING * max(job[0] for job in a + b), WRITING * ROOM)
    for _ in range(300):
        step_with_backlog(engine, jobs, weights)
        assert abs(engine.service[1] / heavy - engine.service[2]) <= bound


@given(jobs=JOBS)
@settings(deadline=None, max_examples=12)
def test_alone_it_gets_the_whole_engine(jobs: list[Job]) -> None:
    shared, alone = Engine(), deque(jobs)
    shared.add((5, 5), 2)  # came once and idles from then on
    mine = deque(jobs)
    first = Engine()
    first_jobs = {1: alone}
    for _ in range(200):
        step_with_backlog(shared, {1: mine})
        step_with_backlog(first, first_jobs)
        head = shared.queue.next()
        assert head is not None and shared.used() + sum(head.item) > ROOM - 2 * 240, "room stayed empty"
    lost = first.service[1] - shared.service[1]
    assert lost <= READING * 240 + WRITING * 2 * 240, "only what the other one's single request cost"


def test_idling_saves_up_nothing() -> None:
    engine, busy = Engine(), {1: deque([(50, 50)])}
    engine.add((50, 50), 2)
    for _ in range(200):
        step_with_backlog(engine, busy)
    before = Counter(engine.service)
    both = {1: deque([(50, 50)]), 2: deque([(50, 50)])}
    for _ in range(200):
        step_with_backlog(engine, both)
        gained = engine.service[2] - before[2] - (engine.service[1] - before[1])
        assert gained <= 2 * WRITING * ROOM, "what it did not use before is not owed to it"


def test_who_comes_when_nobody_waits_starts_where_the_last_one_left() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.admit(queue.add("busy", agency=1, user="u"), 10_000)
    idle = queue.add("newcomer", agency=2, user="u")
    busy = queue.add("busy again", agency=1, user="u")
    assert queue.next() is idle
    queue.admit(idle, 10)
    queue.add("newcomer again", agency=2, user="u")
    assert queue.next() is busy, "the newcomer began at the other's counter, not 10,000 tokens below it"


def test_a_flood_of_one_user_leaves_the_others_of_the_agency_their_turns() -> None:
    engine = Engine()
    for _ in range(50):
        engine.add((40, 40), 1, "flood")
    for _ in range(3):
        engine.add((40, 40), 1, "quiet")
    for _ in range(200):
        engine.step()
    positions = [i for i, ticket in enumerate(engine.order) if ticket.user == "quiet"]
    assert len(positions) == 3 and positions[-1] < 10


def test_many_users_do_not_make_an_agency_heavier() -> None:
    engine = Engine()
    for i in range(60):
        engine.add((40, 40), 1, f"user {i}")
        engine.add((40, 40), 2, "only")
    for _ in range(150):
        engine.step()
    assert abs(engine.service[1] - engine.service[2]) <= 2 * WRITING * ROOM


@given(st.permutations(range(12)))
@settings(deadline=None)
def test_what_is_asked_never_decides_the_order(prompts: list[int]) -> None:
    """Agencies and users alone do: the same arrivals are admitted alike whatever their prompts have in common."""

    def order(items: list[int]) -> list[int]:
        queue: FairQueue[tuple[int, int]] = FairQueue()
        for place, item in enumerate(items):
            queue.add((place, item), agency=place % 3, user=str(place % 2))
        taken = []
        while ticket := queue.next():
            queue.admit(ticket, 10)
            taken.append(ticket.item[0])
        return taken

    assert order(prompts) == order([0] * 12)


def test_cached_tokens_are_refunded() -> None:
    queue: FairQueue[str] = FairQueue()
    for _ in range(2):
        queue.add("cached", agency=1, user="u")
        queue.add("fresh", agency=2, user="u")
    taken = []
    while ticket := queue.next():
        queue.admit(ticket, 100)
        if ticket.item == "cached":
            queue.charge(ticket, -READING * 90)
        taken.append(ticket.item)
    assert taken == ["cached", "fresh", "cached", "fresh"]
    last = queue.add("cached", agency=1, user="u")
    queue.add("fresh", agency=2, user="u")
    assert queue.next() is last, "20 tokens of service against 200"


def test_one_that_leaves_the_middle_of_the_queue_is_not_served() -> None:
    queue: FairQueue[int] = FairQueue()
    tickets = [queue.add(i, agency=1, user="u") for i in range(3)]
    queue.remove(tickets[1])
    queue.remove(tickets[1])
    assert len(queue) == 2 and queue.waiting() == {1: 2} and [t.item for t in queue] == [0, 2]
    queue.remove(tickets[0])
    assert queue.next() is tickets[2]
    queue.remove(tickets[2])
    assert queue.next() is None and queue.waiting() == {}


def test_counters_of_users_who_came_once_are_forgotten() -> None:
    queue: FairQueue[int] = FairQueue()
    for i in range(5000):
        queue.admit(queue.add(i, agency=1, user=f"user {i}"), 1)
    assert len(queue._users[1]._service) <= 1100
