"""A request to `/v1/responses`, in the form that keeps nothing between requests, read into a Question."""

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Raw, Struct

from publius.api.fields import Ignored, Refused, Served, Theirs, refuse
from publius.api.forms import ANY_OBJECT, SentFunction, chosen, not_a_function, schema_text
from publius.api.questions import STORED, UNREAD, Part, text_of
from publius.errors import InvalidRequest
from publius.types import Door, Form, Message, Principal, Question, Sampling, Tool, ToolCall

_ROLES: dict[str | None, Literal["system", "user", "assistant"]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}
_TEXTS = ("input_text", "output_text", "text")
_STATELESS = "Nothing is kept between requests: send the whole conversation as input."
_LOGPROBS = "message.output_text.logprobs"


class Item(Struct):
    """One item of the input: a message, a call, or its result."""

    type: str = "message"
    role: str | None = None
    content: str | list[Part] | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    output: str | list[Part] | None = None


class ResponseTool(SentFunction):
    """An entry of `tools`; a built-in one has no name."""

    name: str = ""
    type: str = "function"


class ChosenTool(Struct):
    """A `tool_choice` that names a function."""

    type: str
    name: str = ""


class TextFormat(Struct):
    """What the answer shall be."""

    type: Literal["text", "json_object", "json_schema"] = "text"
    name: str | None = None
    schema: dict[str, Any] | None = None
    description: str | None = None
    strict: bool | None = None


class TextConfig(Struct):
    """How the text shall be; `verbosity` is not read."""

    format: TextFormat | None = None


class ResponseRequest(Struct):
    """The fields of OpenAI's responses, and what becomes of each."""

    model: Annotated[str, Served("`llama`, `library`, or a mission as `mission:ID`")]
    input: Annotated[str | list[Item], Served("a text, or messages, function calls and their outputs; text only")]
    instructions: Annotated[str | None, Served("a system message before the input")] = None
    stream: Annotated[bool | None, Served()] = None
    max_output_tokens: Annotated[int | None, Served("up to the platform's limit")] = None
    temperature: Annotated[float | None, Served("0 to 2; 0 if left out")] = None
    top_p: Annotated[float | None, Served("0.01 to 1")] = None
    tools: Annotated[list[ResponseTool] | None, Served("functions, up to 128; none built in. Not for library")] = None
    tool_choice: Annotated[str | ChosenTool | None, Served("auto, none, required, or one function")] = None
    parallel_tool_calls: Annotated[bool | None, Served()] = None
    text: Annotated[
        TextConfig | None, Served("`format`: `json_schema`, strict or not, and `json_object`. Not for library")
    ] = None
    include: Annotated[
        list[str] | None, Served("`message.output_text.logprobs`; the rest asks for parts that no answer here has")
    ] = None
    metadata: Annotated[dict[str, str] | None, Served("comes back in the response, and is kept nowhere")] = None
    top_logprobs: Annotated[int | None, Refused("The engines tell the token that was written.")] = None
    store: Annotated[Any, Refused(STORED)] = None
    previous_response_id: Annotated[Any, Refused(_STATELESS)] = None
    conversation: Annotated[Any, Refused(_STATELESS)] = None
    background: Annotated[Any, Refused("Wait for the answer, or stream it.")] = None
    background_options: Annotated[Any, Refused("Wait for the answer, or stream it.")] = None
    prompt: Annotated[Any, Refused("No prompts are kept here: send it as instructions.")] = None
    context_management: Annotated[Any, Refused("Shorten the input yourself.")] = None
    truncation: Annotated[str | None, Refused("Shorten the input yourself.", ("disabled",))] = None
    image: Annotated[Any, Refused("Answers are text. Leave it out.")] = None
    moderation: Annotated[Any, Refused("Leave it out.")] = None
    access_programs: Annotated[Any, Refused("Leave it out.")] = None
    max_tool_calls: Annotated[Raw, Ignored("it limits built-in tools, and there are none")] = UNREAD
    reasoning: Annotated[Raw, Ignored("Llama answers without a part for reasoning")] = UNREAD
    stream_options: Annotated[Raw, Ignored("it pads events; they are not padded here")] = UNREAD
    user: Annotated[Raw, Ignored("who asks is who the key belongs to")] = UNREAD
    safety_identifier: Annotated[Raw, Ignored("who asks is who the key belongs to")] = UNREAD
    service_tier: Annotated[Raw, Ignored("there is one")] = UNREAD
    prompt_cache_key: Annotated[Raw, Ignored("each agency's cache is its own already")] = UNREAD
    prompt_cache_options: Annotated[Raw, Ignored("each agency's cache is its own already")] = UNREAD
    prompt_cache_retention: Annotated[Raw, Ignored("each agency's cache is its own already")] = UNREAD


def question(request: ResponseRequest, id: UUID, credential: str | Principal | None) -> Question:
    """The question in the request.

    Raises:
        InvalidRequest: it asks for something that is not supported, or an item cannot be read.
    """
    refuse(request)
    messages, _ = conversation(request)
    chosen_tool = request.tool_choice
    if isinstance(chosen_tool, ChosenTool) and (chosen_tool.type != "function" or not chosen_tool.name):
        raise InvalidRequest("tool_choice names one function.", param="tool_choice")
    return Question(
        id=id,
        door=Door.API,
        model=request.model,
        messages=messages,
        credential=credential,
        sampling=Sampling(
            max_tokens=request.max_output_tokens,
            temperature=0.0 if request.temperature is None else request.temperature,
            top_p=1.0 if request.top_p is None else request.top_p,
        ),
        form=Form(
            tools=_tools(request.tools),
            tool_choice=chosen_tool.name if isinstance(chosen_tool, ChosenTool) else chosen(chosen_tool),
            parallel_calls=request.parallel_tool_calls is not False,
            schema=_schema(request.text.format if request.text else None),
            logprobs=_LOGPROBS in (request.include or ()),
        ),
    )


def names(request: ResponseRequest) -> dict[str, Theirs]:
    """Our names for the fields of a question, and what this request calls them."""
    _, origins = conversation(request)

    def item(found: re.Match[str]) -> str:
        return origins[int(found[1]), int(found[2]) if found[2] else None]

    return {
        r"messages\[(\d+)\](?:\.tool_calls\[(\d+)\](?:\.function)?)?": item,
        r"messages": "input",
        r"\.(tool_call_id|id)$": ".call_id",
        r"max_tokens": "max_output_tokens",
        r"tools\[(\d+)\]\.function": r"tools[\1]",
        r"response_format(\.json_schema)?": "text.format",
        r"logprobs": "include",
    }


Origins = dict[tuple[int, int | None], str]


def conversation(request: ResponseRequest) -> tuple[tuple[Message, ...], Origins]:
    """The messages, and for each (and each call in it) the place in the request that it came from.

    Raises:
        InvalidRequest: an item is none of those that can be read.
    """
    messages: list[Message] = []
    origins: Origins = {}

    def add(message: Message, place: str) -> None:
        origins[len(messages), None] = place
        messages.append(message)

    if request.instructions:
        add(Message("system", request.instructions), "instructions")
    if isinstance(request.input, str):
        add(Message("user", request.input), "input")
        return tuple(messages), origins
    for at, item in enumerate(request.input):
        place = f"input[{at}]"
        if item.type != "function_call":
            add(_message(item, place), place)
            continue
        if not messages or messages[-1].role != "assistant":
            add(Message("assistant", ""), place)
        before = messages[-1]
        origins[len(messages) - 1, len(before.calls)] = place
        messages[-1] = Message("assistant", before.content, (*before.calls, _call(item, place)))
    return tuple(messages), origins


def _message(item: Item, place: str) -> Message:
    if item.type == "function_call_output":
        if not item.call_id:
            raise InvalidRequest("An output names the call that it answers.", param=f"{place}.call_id")
        return Message("tool", text_of(item.output, f"{place}.output", _TEXTS), call_id=item.call_id)
    if item.type != "message":
        raise InvalidRequest(
            f"An item {item.type[:64]!r} cannot be read.",
            cure="Send messages, function_call and function_call_output.",
            param=f"{place}.type",
        )
    if item.role not in _ROLES:
        known = ", ".join(role for role in _ROLES if role)
        raise InvalidRequest(f"A message's role is one of {known}.", param=f"{place}.role")
    return Message(_ROLES[item.role], text_of(item.content, f"{place}.content", _TEXTS))


def _call(item: Item, place: str) -> ToolCall:
    for field in ("call_id", "name", "arguments"):
        if getattr(item, field) is None:
            raise InvalidRequest(f"{field} is missing.", param=f"{place}.{field}")
    return ToolCall(item.call_id or "", item.name or "", item.arguments or "")


def _tools(sent: list[ResponseTool] | None) -> tuple[Tool, ...]:
    for at, tool in enumerate(sent or ()):
        if tool.type != "function":
            raise not_a_function(f"tools[{at}].type")
    return tuple(tool.tool() for tool in sent or ())


def _schema(format: TextFormat | None) -> str | None:
    if format is None or format.type == "text":
        return None
    return ANY_OBJECT if format.type == "json_object" else schema_text(format.schema, "text.format.schema")
