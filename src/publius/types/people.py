"""Who: agencies, roles, permissions, principals."""

from enum import StrEnum

from msgspec import Struct


class Agency(Struct, frozen=True):
    """One tenant. Its `id` is what the database's walls compare."""

    id: int
    slug: str
    name: str


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
