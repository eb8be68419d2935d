"""How high each person and key may see: as somebody said, or as their role does. Nobody gives more than they have."""

from typing import Any

from msgspec import structs

from publius.errors import Forbidden
from publius.storage.labels import labels_of, level_of
from publius.types import Agency, Role


def ceiling_of(agency: Agency, role: Role, own: int | None) -> int:
    """The highest level that a person or key of this role sees; `own` is None where nobody set theirs.

    A member sees what has the agency's default label, an administrator or auditor everything.
    """
    if own is not None:
        return own
    return agency.labels.default if role is Role.MEMBER else agency.labels.highest


def seen_by(agency: Agency, row: Any) -> Agency:
    """The agency as the person or key in this row sees it, with its labels as they are now."""
    labels = labels_of(row)
    fresh = structs.replace(agency, labels=labels)
    return fresh.under(ceiling_of(fresh, Role(row.role), row.ceiling))


def given(agency: Agency, role: Role, label: str | None) -> int | None:
    """The ceiling to keep for somebody new, or whose ceiling is set anew; None leaves it to the role.

    It is never above that of `agency`, which is whoever gives it.

    Raises:
        InvalidRequest: there is no such label up to there.
    """
    if label:
        return level_of(agency, label)
    return None if ceiling_of(agency, role, None) <= agency.ceiling else agency.ceiling


def check_within(agency: Agency, row: Any) -> None:
    """Refuse to act for somebody who sees more: whoever could let them in could come in as them.

    Raises:
        Forbidden: their ceiling is above that of `agency`.
    """
    if ceiling_of(agency, Role(row.role), row.ceiling) > agency.ceiling:
        raise Forbidden("Their ceiling is above yours.", cure="Ask an administrator who sees as high as they do.")
