"""A chat request as OpenAI's clients send it, read into a Question or refused by the name of its field."""

import re
from typing import Any, Literal, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from publius.errors import InvalidRequest
from publius.types import Door, Message, Principal, Question, Sampling

T = TypeVar("T")

_ROLES: dict[str, Literal["system", "user", "assistant"]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}


class Part(Struct):
    """One part of a message's content; only text is read."""

    type: str
    text: str | None = None


class ChatMessage(Struct):
    """One message as sent."""

    role: str
    content: str | list[Part] | None = None


class StreamOptions(Struct):
    """What a stream shall also tell."""

    include_usage: bool = False


class ChatRequest(Struct):
    """The fields that are read. Those below `n` are known only to be refused when they ask for something."""

    model: str
    messages: list[ChatMessage]
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    tools: Any = None
    functions: Any = None
    response_format: Any = None
    modalities: Any = None
    audio: Any = None
    prediction: Any = None
    logprobs: Any = None
    top_logprobs: Any = None
    logit_bias: Any = None
    presence_penalty: Any = None
    frequency_penalty: Any = None
    web_search_options: Any = None

    @property
    def includes_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage


# Values of unsupported fields that ask for nothing beyond what happens anyway.
_HARMLESS: dict[str, tuple[Any, ...]] = {
    "n": (1,),
    "response_format": ({"type": "text"},),
    "modalities": (["text"],),
}
_UNSUPPORTED = ChatRequest.__struct_fields__[ChatRequest.__struct_fields__.index("n") :]


def read(body: bytes, kind: type[T]) -> T:
    """Read a JSON body into `kind`; fields that it does not know are ignored, as OpenAI does.

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


def question(request: ChatRequest, id: UUID, credential: str | Principal | None) -> Question:
    """The question in a chat request.

    Raises:
        InvalidRequest: it asks for something that is not supported, or a message cannot be read.
    """
    for field in _UNSUPPORTED:
        value = getattr(request, field)
        if value and value not in _HARMLESS.get(field, ()):
            raise InvalidRequest(f"{field} is not supported yet.", cure="Leave it out.", param=field)
    stop = (request.stop,) if isinstance(request.stop, str) else tuple(request.stop or ())
    tokens = request.max_completion_tokens
    return Question(
        id=id,
        door=Door.API,
        model=request.model,
        messages=tuple(_message(message, at) for at, message in enumerate(request.messages)),
        credential=credential,
        sampling=Sampling(
            max_tokens=request.max_tokens if tokens is None else tokens,
            temperature=0.0 if request.temperature is None else request.temperature,
            top_p=1.0 if request.top_p is None else request.top_p,
            seed=request.seed,
            stop=stop,
        ),
    )


def _message(message: ChatMessage, at: int) -> Message:
    role = _ROLES.get(message.role)
    if role is None:
        supported = ", ".join(_ROLES)
        if message.role in ("tool", "function"):
            raise InvalidRequest("Tool messages are not supported yet.", param=f"messages[{at}].role")
        raise InvalidRequest(f"A message's role is one of {supported}.", param=f"messages[{at}].role")
    return Message(role, _text(message.content, at))


def _text(content: str | list[Part] | None, at: int) -> str:
    if not isinstance(content, list):
        return content or ""
    for number, part in enumerate(content):
        if part.type != "text" or part.text is None:
            raise InvalidRequest(
                "Only text can be read.",
                cure="Send content parts of the form {'type': 'text', 'text': '…'}.",
                param=f"messages[{at}].content[{number}]",
            )
    return "\n".join(part.text or "" for part in content)
