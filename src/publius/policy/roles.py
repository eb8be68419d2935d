"""What each role may do, as one table. A key's scopes narrow it and never widen it."""

from publius.types import Permission, Principal, Role

_EVERYBODY = {Permission.NONE, Permission.SIGN_IN}
_MEMBER = _EVERYBODY | {Permission.ASK, Permission.LIST_DOCUMENTS, Permission.READ_DOCUMENTS}

ROLES: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: frozenset(_MEMBER),
    # An agency shares its cache: how much of a prompt was in it tells what a colleague asked, so members do not see it.
    Role.ADMINISTRATOR: frozenset(
        _MEMBER | {Permission.WRITE_DOCUMENTS, Permission.MANAGE_AGENCY, Permission.SEE_CACHED}
    ),
    # An auditor proves what happened without taking part in it: neither asks nor opens documents.
    Role.AUDITOR: frozenset(_EVERYBODY | {Permission.LIST_DOCUMENTS, Permission.READ_LEDGER}),
    # An operator runs the machine and sees no agency's content.
    Role.OPERATOR: frozenset(_EVERYBODY),
}


def allowed(principal: Principal) -> frozenset[Permission]:
    """All that this principal may do: what the role gives, narrowed by the scopes if there are any."""
    given = ROLES[principal.role]
    return given if principal.scopes is None else (given & principal.scopes) | _EVERYBODY
