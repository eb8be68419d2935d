"""What becomes of each field of a request: it is served, ignored or refused. `docs/openai.md` is written from this.

The rule: a field is ignored where leaving it out changes nothing that the caller would count on, and refused where
the answer would silently lack what it asks for. A field that OpenAI does not have is dropped: it goes no further.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, get_type_hints

from msgspec import Struct

from publius.errors import InvalidRequest


class Served(Struct, frozen=True):
    """The field does what it says; `note` is what to know about it."""

    note: str = ""


class Ignored(Struct, frozen=True):
    """The field changes nothing; `why` says why nobody misses it."""

    why: str


class Refused(Struct, frozen=True):
    """The field is refused unless it asks for nothing: is empty, or one of `harmless`."""

    cure: str
    harmless: tuple[Any, ...] = ()


Theirs = str | Callable[[re.Match[str]], str]
Fate = Served | Ignored | Refused


@cache
def fates(kind: type[Struct]) -> dict[str, Fate]:
    """Each field of a request with what becomes of it, in the order of the code."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}


@cache
def _refused(kind: type[Struct]) -> dict[str, Refused]:
    return {name: fate for name, fate in fates(kind).items() if isinstance(fate, Refused)}


def refuse(request: Struct) -> None:
    """Refuse a request that asks for what nobody does here.

    Raises:
        InvalidRequest: names the field, and what to send instead.
    """
    for field, fate in _refused(type(request)).items():
        value = getattr(request, field)
        if value and value not in fate.harmless:
            raise InvalidRequest(f"{field} is not supported.", cure=fate.cure, param=field)


@contextmanager
def told_as(names: Mapping[str, Theirs]) -> Iterator[None]:
    """Let a refusal in here name the fields of this door: `names` are patterns of our names and what they become."""
    try:
        yield
    except InvalidRequest as error:
        message, param = error.message, error.param
        for ours, theirs in names.items():
            message = re.sub(ours, theirs, message)
            param = re.sub(ours, theirs, param) if param else None
        raise InvalidRequest(message, cure=error.next_step, param=param) from None
