"""Who: agencies and their labels, roles, permissions, principals."""

from enum import StrEnum

from msgspec import Struct, structs

HIGHEST = 32_767  # a ceiling above every label


class Labels(Struct, frozen=True):
    """An agency's labels, lowest first. A level is a place in `names`, from 0; a ceiling is the highest level seen.

    `default` is the level of documents that come without a label, and the ceiling of members; `models` are the
    ceilings of single models, by id.
    """

    names: tuple[str, ...] = ("public", "internal", "CUI")
    default: int = 1
    models: tuple[tuple[str, int], ...] = ()

    @property
    def highest(self) -> int:
        return len(self.names) - 1

    def name(self, level: int) -> str:
        """The label at that level; the highest for a level that the list no longer reaches."""
        return self.names[min(level, self.highest)]

    def ceiling_of(self, model: str) -> int:
        """The highest level that this model may read."""
        return dict(self.models).get(model, HIGHEST)


class Agency(Struct, frozen=True):
    """One tenant, as far as whoever holds this may see into it.

    Its `id` is what the database's walls compare, and its `ceiling` what the levels behind them are compared with: so
    who has a principal's agency in hand cannot reach above the principal's ceiling, whatever they forget.
    """

    id: int
    slug: str
    name: str
    labels: Labels = Labels()
    ceiling: int = HIGHEST

    def under(self, ceiling: int) -> "Agency":
        """The same agency, seen no higher than this."""
        return self if ceiling >= self.ceiling else structs.replace(self, ceiling=ceiling)

    @property
    def visible_labels(self) -> tuple[str, ...]:
        """The labels up to the ceiling, lowest first."""
        return self.labels.names[: self.ceiling + 1]


class Role(StrEnum):
    """What a person or key is in their agency. `OPERATOR` exists only in the agency `platform`."""

    MEMBER = "member"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Permission(StrEnum):
    """What a route can demand. `NONE` is a statement, not an omission."""

    NONE = "none"
    SIGN_IN = "sign-in"
    ASK = "ask"
    LIST_DOCUMENTS = "documents:list"
    READ_DOCUMENTS = "documents:read"
    WRITE_DOCUMENTS = "documents:write"
    SEE_CACHED = "usage:cached"
    READ_LEDGER = "ledger:read"
    MANAGE_AGENCY = "agency:manage"


class Door(StrEnum):
    """Where a question came in."""

    API = "api"
    WEB = "web"
    CLI = "cli"
    MCP = "mcp"


class Principal(Struct, frozen=True):
    """Who is asking, for which agency. Every credential resolves to exactly one of these."""

    id: str  # "key:<uuid>", "user:<uuid>" or "local:<system user>"
    name: str
    agency: Agency
    role: Role
    scopes: frozenset[Permission] | None = None  # None: all that the role gives
