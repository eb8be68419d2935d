"""Reading the JSON body of a request."""

import re
from typing import TypeVar

import msgspec

from publius.errors import InvalidRequest

T = TypeVar("T")


def read(body: bytes, kind: type[T]) -> T:
    """Read a JSON body into `kind`; fields that it does not know are dropped.

    Raises:
        InvalidRequest: it is not JSON, or a field is missing or has the wrong type; names the field.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `")
        field = path.removesuffix("`").removeprefix("$").lstrip(".")
        missing = re.search(r"missing required field `(\w+)`", what)
        if missing:
            field = f"{field}.{missing[1]}".lstrip(".")
            raise InvalidRequest(f"{field} is missing.", param=field) from None
        raise InvalidRequest(f"{field or 'The body'}: {what[0].lower()}{what[1:]}.", param=field or None) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidRequest("The body is not JSON that can be read.") from None
