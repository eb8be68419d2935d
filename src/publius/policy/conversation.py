"""Whether messages are a conversation that Llama can read: known roles, real text, every tool call answered once."""

import json
import re

from publius.errors import InvalidRequest
from publius.types import Message, ToolCall

ROLES = ("system", "user", "assistant", "tool")
LONGEST_ID = 128
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check(messages: tuple[Message, ...]) -> None:
    """Check all messages.

    Raises:
        InvalidRequest: names the message and its field.
    """
    known: set[str] = set()  # ids of all calls so far
    open_: list[str] = []  # of those that wait for their result
    for at, message in enumerate(messages):
        param = f"messages[{at}]"
        _check_message(message, param)
        if message.role == "tool":
            _answer(message.call_id, known, open_, param)
            continue
        _all_answered(open_, param)
        for number, call in enumerate(message.calls):
            _check_call(call, known, f"{param}.tool_calls[{number}]")
            known.add(call.id)
            open_.append(call.id)
    _all_answered(open_, "messages")
    if not any(message.role == "user" and message.content.strip() for message in messages):
        raise InvalidRequest("There is no question: no message of the user has any text.", param="messages")


def is_text(text: str) -> bool:
    """Neither the database nor the ledger's hashes can hold what is not encodable text."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _check_message(message: Message, param: str) -> None:
    if message.role not in ROLES:
        raise InvalidRequest(f"A message's role is one of {', '.join(ROLES)}.", param=f"{param}.role")
    if not is_text(message.content):
        raise InvalidRequest(
            "A message holds a NUL character or half of a Unicode pair, which is no text.",
            cure="Remove it and send the message again.",
            param=f"{param}.content",
        )
    if message.calls and message.role != "assistant":
        raise InvalidRequest("Only the assistant calls tools.", param=f"{param}.tool_calls")
    if message.call_id and message.role != "tool":
        raise InvalidRequest("Only a message of the role tool answers a call.", param=f"{param}.tool_call_id")


def _check_call(call: ToolCall, known: set[str], param: str) -> None:
    if not (1 <= len(call.id) <= LONGEST_ID and is_text(call.id)) or call.id in known:
        raise InvalidRequest(
            f"Each call has an id of its own, of 1 to {LONGEST_ID} characters.",
            cure="Send the calls back with the ids that they came with.",
            param=f"{param}.id",
        )
    if not NAME.fullmatch(call.name):
        raise InvalidRequest("A function's name has 1 to 64 letters, digits, _ or -.", param=f"{param}.function.name")
    check_arguments(call, f"{param}.function.arguments")


def check_arguments(call: ToolCall, param: str) -> None:
    """Check that the arguments of a call are the text of a JSON object.

    Raises:
        InvalidRequest: they are not.
    """
    try:
        arguments = json.loads(call.arguments)
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict) or not is_text(call.arguments):
        raise InvalidRequest("arguments is the text of a JSON object.", param=param)


def _answer(id: str, known: set[str], open_: list[str], param: str) -> None:
    """Take the call of that id off those that wait."""
    if id in open_:
        open_.remove(id)
        return
    cure = "A message of the role tool follows the assistant's message with the call that it answers."
    if id in known:
        raise InvalidRequest("This call was answered before.", cure=cure, param=f"{param}.tool_call_id")
    raise InvalidRequest("There is no call of this id before.", cure=cure, param=f"{param}.tool_call_id")


def _all_answered(open_: list[str], param: str) -> None:
    if open_:
        raise InvalidRequest(
            f"The call {open_[0]!r} has no result yet.",
            cure="Put a message of the role tool with its tool_call_id right after the call.",
            param=param,
        )
