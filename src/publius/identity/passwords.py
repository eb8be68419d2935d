"""Passwords: argon2id, computed in a thread because it takes tens of milliseconds on purpose."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from publius.errors import InvalidRequest

SHORTEST = 12
LONGEST = 256
_HASHER = PasswordHasher()
# Each computation takes 64 MiB: a flood of sign-ins must queue here, not fill the memory.
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


async def hashed(password: str) -> str:
    """Hash a new password.

    Raises:
        InvalidRequest: shorter than 12 or longer than 256 characters.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidRequest(
            f"A password has at least {SHORTEST} and at most {LONGEST} characters.",
            cure="A few unrelated words make a good one.",
            param="password",
        )
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)


async def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; takes as long when nothing is stored."""
    if len(password) > LONGEST:
        return False
    right = await asyncio.get_running_loop().run_in_executor(_THREADS, _verify, password, stored)
    return right and stored is not None


def _verify(password: str, stored: str | None) -> bool:
    try:
        return _HASHER.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """Somebody who does not exist is checked against this, so that a wrong name takes as long as a wrong password."""
    return _HASHER.hash("nobody has this password")
