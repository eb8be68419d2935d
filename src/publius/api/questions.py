"""A chat request as OpenAI's clients send it, read into a Question or refused by the name of its field."""

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Raw, Struct

from publius.api import forms
from publius.api.fields import Ignored, Refused, Served, refuse
from publius.errors import InvalidRequest
from publius.types import Door, Form, Message, Principal, Question, Sampling

_ROLES: dict[str, Literal["system", "user", "assistant", "tool"]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
STORED = "The ledger keeps every answer; there is no other store to read it from. Leave it out."
UNREAD = Raw()


class Part(Struct):
    """One part of a message's content; only text is read."""

    type: str
    text: str | None = None


class ChatMessage(Struct):
    """One message as sent."""

    role: str
    content: str | list[Part] | None = None
    tool_calls: list[forms.SentCall] | None = None
    tool_call_id: str | None = None
    function_call: Any = None


class StreamOptions(Struct):
    """What a stream shall also tell."""

    include_usage: bool = False


class ChatRequest(Struct):
    """The fields of OpenAI's chat completions, and what becomes of each."""

    model: Annotated[str, Served("`llama`, `library`, or a mission as `mission:ID`")]
    messages: Annotated[
        list[ChatMessage],
        Served("text only; `developer` is `system`; every tool call is answered right after it. Not tools for library"),
    ]
    stream: Annotated[bool | None, Served()] = None
    stream_options: Annotated[StreamOptions | None, Served("`include_usage`")] = None
    max_tokens: Annotated[int | None, Served("of each choice; up to the platform's limit")] = None
    max_completion_tokens: Annotated[int | None, Served("the same, and goes first")] = None
    temperature: Annotated[float | None, Served("0 to 2; 0 if left out, and 1 with several choices")] = None
    top_p: Annotated[float | None, Served("0.01 to 1")] = None
    seed: Annotated[
        int | None, Served("the same seed, the same answer, on an idle engine that had read the prompt before")
    ] = None
    stop: Annotated[str | list[str] | None, Served("up to 4")] = None
    presence_penalty: Annotated[float | None, Served("-2 to 2")] = None
    frequency_penalty: Annotated[float | None, Served("-2 to 2")] = None
    n: Annotated[int | None, Served("1 to 8. 1 for library")] = None
    logprobs: Annotated[bool | None, Served("of the tokens that were written. Not for library")] = None
    top_logprobs: Annotated[int | None, Refused("The engines tell the token that was written; use logprobs alone.")] = (
        None
    )
    tools: Annotated[list[forms.SentTool] | None, Served("functions, up to 128. Not for library")] = None
    tool_choice: Annotated[
        str | forms.SentChoice | None, Served("auto, none, required, or one function. Not for library")
    ] = None
    parallel_tool_calls: Annotated[bool | None, Served("Not for library")] = None
    response_format: Annotated[
        forms.ResponseFormat | None, Served("`json_schema`, strict or not, and `json_object`. Not for library")
    ] = None
    functions: Annotated[Any, Refused("Send tools instead.")] = None
    function_call: Annotated[Any, Refused("Send tool_choice instead.")] = None
    modalities: Annotated[Any, Refused("Answers are text. Leave it out.", (["text"],))] = None
    audio: Annotated[Any, Refused("Answers are text. Leave it out.")] = None
    web_search_options: Annotated[Any, Refused("Nothing here reaches the web. Leave it out.")] = None
    logit_bias: Annotated[Any, Refused("Leave it out.")] = None
    moderation: Annotated[Any, Refused("Leave it out.")] = None
    store: Annotated[Any, Refused(STORED)] = None
    metadata: Annotated[Raw, Ignored("it belongs to stored answers")] = UNREAD
    user: Annotated[Raw, Ignored("who asks is who the key belongs to")] = UNREAD
    safety_identifier: Annotated[Raw, Ignored("who asks is who the key belongs to")] = UNREAD
    service_tier: Annotated[Raw, Ignored("there is one")] = UNREAD
    reasoning_effort: Annotated[Raw, Ignored("Llama answers without a part for reasoning")] = UNREAD
    verbosity: Annotated[Raw, Ignored("say it in the messages")] = UNREAD
    prediction: Annotated[Raw, Ignored("it would only be faster")] = UNREAD
    prompt_cache_key: Annotated[Raw, Ignored("each agency's cache is its own already")] = UNREAD
    prompt_cache_options: Annotated[Raw, Ignored("each agency's cache is its own already")] = UNREAD
    prompt_cache_retention: Annotated[Raw, Ignored("each agency's cache is its own already")] = UNREAD

    @property
    def includes_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage


def question(request: ChatRequest, id: UUID, credential: str | Principal | None) -> Question:
    """The question in a chat request.

    Raises:
        InvalidRequest: it asks for something that is not supported, or a message cannot be read.
    """
    refuse(request)
    choices = 1 if request.n is None else request.n
    most = request.max_tokens if request.max_completion_tokens is None else request.max_completion_tokens
    return Question(
        id=id,
        door=Door.API,
        model=request.model,
        messages=tuple(_message(message, at) for at, message in enumerate(request.messages)),
        credential=credential,
        sampling=sampling(request, most, choices),
        form=Form(
            tools=forms.tools(request.tools),
            tool_choice=forms.chosen(request.tool_choice),
            parallel_calls=request.parallel_tool_calls is not False,
            schema=request.response_format.schema() if request.response_format else None,
            choices=choices,
            logprobs=bool(request.logprobs),
        ),
    )


def sampling(request: Any, max_tokens: int | None, choices: int) -> Sampling:
    """How a chat or completion request wants its tokens chosen."""
    default = 0.0 if choices <= 1 else 1.0  # several answers are asked for to differ
    return Sampling(
        max_tokens=max_tokens,
        temperature=default if request.temperature is None else request.temperature,
        top_p=1.0 if request.top_p is None else request.top_p,
        seed=request.seed,
        stop=(request.stop,) if isinstance(request.stop, str) else tuple(request.stop or ()),
        presence_penalty=request.presence_penalty or 0.0,
        frequency_penalty=request.frequency_penalty or 0.0,
    )


def _message(message: ChatMessage, at: int) -> Message:
    role = _ROLES.get(message.role)
    if role is None:
        cure = "Send a message of the role tool instead." if message.role == "function" else None
        raise InvalidRequest(
            f"A message's role is one of {', '.join(_ROLES)}.", cure=cure, param=f"messages[{at}].role"
        )
    if message.function_call:
        raise InvalidRequest(
            "function_call is not supported.", cure="Send tool_calls.", param=f"messages[{at}].function_call"
        )
    calls = tuple(call.call() for call in message.tool_calls or ())
    if role == "tool" and not message.tool_call_id:
        raise InvalidRequest(
            "A message of the role tool names the call that it answers.", param=f"messages[{at}].tool_call_id"
        )
    return Message(role, text_of(message.content, f"messages[{at}].content"), calls, message.tool_call_id or "")


def text_of(content: str | list[Part] | None, param: str, kinds: tuple[str, ...] = ("text",)) -> str:
    """The text of a message's content.

    Raises:
        InvalidRequest: a part of it is no text.
    """
    if not isinstance(content, list):
        return content or ""
    for number, part in enumerate(content):
        if part.type not in kinds or part.text is None:
            raise InvalidRequest(
                "Only text can be read.",
                cure=f"Send content parts of the form {{'type': '{kinds[0]}', 'text': '…'}}.",
                param=f"{param}[{number}]",
            )
    return "\n".join(part.text or "" for part in content)
