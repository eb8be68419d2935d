"""Whose turn it is: Virtual Token Counter scheduling (Sheng et al., OSDI 2024), without a clock and without an engine.

Each agency has a counter of the service that it received, divided by its weight. Who waits with the least counter
is next. An agency that comes back after idling starts no lower than those who wait, so idling saves up nothing.
Inside an agency the same holds among its users. What waits is never looked at: no order by shared prefixes, which
would let one agency's prompts pull its later ones ahead of others.

For two agencies f and g that both wait without a break, `|service_f / weight_f - service_g / weight_g|` stays
within `2 * max(L, 2 * M)` for equal weights, where L is the longest prompt and M the most tokens that the engine
holds at once (the paper's theorem 4.4, its weights of a token being 1 for reading and 2 for writing).
"""

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

READING, WRITING = 1.0, 2.0  # Service of a token: writing one takes about as long as reading two.
_MANY = 1024  # Counters that are kept before those that no longer matter are dropped.

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Ticket(Generic[T]):
    """A place in the queue. `priority` is the agency's counter when it was admitted: lower was sooner."""

    __slots__ = ("agency", "item", "priority", "user", "weight")

    def __init__(self, item: T, agency: int, user: str, weight: float) -> None:
        self.item = item
        self.agency = agency
        self.user = user
        self.weight = weight
        self.priority = 0


class Counters(Generic[K]):
    """The counters of one level: agencies, or the users of one agency."""

    def __init__(self) -> None:
        self.waiting: set[K] = set()
        self._service: dict[K, float] = {}
        self._admitted: dict[K, int] = {}  # when each was last admitted, in admissions
        self._admissions = 0
        self._floor = 0.0  # where a newcomer starts when nobody waits: at the last one who left the queue

    def __getitem__(self, key: K) -> float:
        return self._service.get(key, self._floor)

    def arrive(self, key: K) -> None:
        """`key` has something waiting. If it had nothing, it is lifted to the least of those who wait."""
        if key in self.waiting:
            return
        least = min((self[other] for other in self.waiting), default=self._floor)
        self._service[key] = max(self._service.get(key, least), least)
        self.waiting.add(key)
        if len(self._service) > _MANY:
            self._forget(least)

    def leave(self, key: K) -> None:
        """`key` has nothing waiting any more."""
        self.waiting.discard(key)
        self._floor = self[key]

    def least(self) -> K:
        """Who is next; of equals, the one who was admitted longest ago."""
        return min(self.waiting, key=lambda key: (self[key], self._admitted.get(key, 0)))

    def admit(self, key: K) -> None:
        """`key` had its turn."""
        self._admissions += 1
        self._admitted[key] = self._admissions

    def charge(self, key: K, service: float) -> None:
        """Add service that `key` received; negative for a refund."""
        self._service[key] = self[key] + service

    def _forget(self, least: float) -> None:
        # Whoever is not above the level that all arrive at would be lifted to it anyway.
        gone = [key for key, service in self._service.items() if service <= least and key not in self.waiting]
        for key in gone:
            del self._service[key]
            self._admitted.pop(key, None)


class FairQueue(Generic[T]):
    """What waits for the engine, by agency and user, and whose turn is next."""

    def __init__(self) -> None:
        self._agencies: Counters[int] = Counters()
        self._users: dict[int, Counters[str]] = {}
        self._waiting: dict[int, dict[str, dict[Ticket[T], None]]] = {}  # A dict keeps its order, and forgets fast.
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Ticket[T]]:
        return (t for users in self._waiting.values() for tickets in users.values() for t in tickets)

    def waiting(self) -> dict[int, int]:
        """How many wait, by agency; those with none are left out."""
        return {agency: sum(map(len, users.values())) for agency, users in self._waiting.items()}

    def add(self, item: T, *, agency: int, user: str, weight: float = 1.0) -> Ticket[T]:
        """Let `item` wait behind what its user has waiting."""
        ticket = Ticket(item, agency, user, weight)
        users = self._users.setdefault(agency, Counters())
        self._agencies.arrive(agency)
        users.arrive(user)
        self._waiting.setdefault(agency, {}).setdefault(user, {})[ticket] = None
        self._length += 1
        return ticket

    def next(self) -> Ticket[T] | None:
        """Whose turn it is. If it does not fit yet, nobody else goes first: wait, or a large one would starve."""
        if not self._length:
            return None
        agency = self._agencies.least()
        return next(iter(self._waiting[agency][self._users[agency].least()]))

    def admit(self, ticket: Ticket[T], tokens: int) -> None:
        """Its turn has come: it leaves the queue, and `tokens` (of its prompt, those cached left out) are charged."""
        ticket.priority = int(self._agencies[ticket.agency])
        self._agencies.admit(ticket.agency)
        self._users[ticket.agency].admit(ticket.user)
        self.charge(ticket, READING * tokens)
        self.remove(ticket)

    def charge(self, ticket: Ticket[T], service: float) -> None:
        """Add service that an admitted one received; negative for what was charged and not needed."""
        self._agencies.charge(ticket.agency, service / ticket.weight)
        self._users[ticket.agency].charge(ticket.user, service)

    def remove(self, ticket: Ticket[T]) -> None:
        """It waits no longer. One that does not wait is left alone."""
        users = self._waiting.get(ticket.agency, {})
        tickets = users.get(ticket.user, {})
        if ticket not in tickets:
            return
        del tickets[ticket]
        self._length -= 1
        if not tickets:
            del users[ticket.user]
            self._users[ticket.agency].leave(ticket.user)
        if not users:
            del self._waiting[ticket.agency]
            self._agencies.leave(ticket.agency)
