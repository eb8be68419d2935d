"""Which role fits which agency: operators live in the platform's own agency, and nobody else does."""

from publius.errors import InvalidRequest
from publius.storage.database import PLATFORM
from publius.types import Agency, Role


def checked_role(agency: Agency, role: Role) -> Role:
    """Return `role` if it may exist in `agency`.

    Raises:
        InvalidRequest: an operator outside the platform's agency, or anybody else inside it.
    """
    if (role is Role.OPERATOR) != (agency.slug == PLATFORM):
        raise InvalidRequest(
            f"The role {role} does not fit the agency {agency.slug!r}.",
            cure=f"Operators belong to the agency {PLATFORM!r} and to no other; every other role to an agency.",
            param="role",
        )
    return role
