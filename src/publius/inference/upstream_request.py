"""What an OpenAI-compatible server is asked: our request in the words of its interface.

The prompt's template is the server's own, and servers parse control tokens wherever they are spelled, in a user's
text too (llama.cpp's and vLLM's do). So each spelling of one is broken by a character without width or meaning;
what comes back is mended, and the reader never sees it.
"""

import re
from typing import Any

import msgspec

from publius.inference.engine import Request
from publius.types import Form, Message, Tool

JOINER = "\u2060"  # WORD JOINER: no width, no break, no meaning.

# How the models that such servers run spell what only a template may say: Llama 3 and 4, ChatML and others
# begin all with `<|`; Llama 2, Mistral, Gemma and SmolLM2 have the words below.
_SPELLINGS = re.compile(
    r"<(?=\||｜|/?(?:s|unk|pad|bos|eos|mask|think|reponame|filename|[a-z]+(?:_[a-z]+)+)>|</?SYS>>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS|IMG|PREFIX|MIDDLE|SUFFIX)\])"
)
_LARGEST_SEED = 2**31 - 1  # llama.cpp's are 32 bits wide, and the largest of them means a random one.


def broken(text: str) -> str:
    """The text, with every spelling of a control token broken."""
    return _SPELLINGS.sub(lambda match: match[0] + JOINER, text)


def body(model: str, request: Request, dialect: str) -> dict[str, Any]:
    """The body for `/chat/completions`, or for `/completions` where the request has a raw prompt.

    Args:
        dialect: who owns the model, as the server says: `vllm`, `llamacpp`, or another.
    """
    asked: dict[str, Any] = {
        "model": model,
        **_data(request),
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.stop:
        asked["stop"] = list(request.stop)
    if request.seed is not None:
        asked["seed"] = request.seed % _LARGEST_SEED
    for penalty in ("presence_penalty", "frequency_penalty"):
        if value := getattr(request, penalty):
            asked[penalty] = value
    if request.form.logprobs:
        # Without a number llama.cpp gives none in a stream, and the older completions know the number alone.
        asked |= {"logprobs": True, "top_logprobs": 1} if request.prompt is None else {"logprobs": 1}
    if dialect == "vllm":
        asked["priority"] = request.priority  # Has an effect where vLLM runs with --scheduling-policy priority.
    return asked | _walls(asked, request, dialect)


def _data(request: Request) -> dict[str, Any]:
    """All that comes from people and documents, as JSON in which no string spells a control token."""
    if request.prompt is not None:
        data: dict[str, Any] = {"prompt": request.prompt}
    else:
        data = {"messages": [_message(message) for message in request.messages], **_tools(request.form)}
    if request.form.schema is not None:
        data["response_format"] = _response_format(request.form.schema)
    told: dict[str, Any] = msgspec.json.decode(broken(msgspec.json.encode(data).decode()))
    return told


def _message(message: Message) -> dict[str, Any]:
    told: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.calls:
        told["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.calls
        ]
    if message.call_id:
        told["tool_call_id"] = message.call_id
    return told


def _tools(form: Form) -> dict[str, Any]:
    # One tool by name is that tool alone, required: llama.cpp takes no name here and would fall back to `auto`.
    named = [tool for tool in form.tools if tool.name == form.tool_choice]
    tools = named or form.tools
    if not tools or form.tool_choice == "none":
        return {}
    return {
        "tools": [{"type": "function", "function": _function(tool)} for tool in tools],
        "tool_choice": "required" if named else form.tool_choice,
        "parallel_tool_calls": form.parallel_calls,
    }


def _function(tool: Tool) -> dict[str, Any]:
    told = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return told | {"strict": True} if tool.strict else told  # Without it vLLM holds a call to no schema.


def _response_format(schema: str) -> dict[str, Any]:
    wanted = msgspec.json.decode(schema)
    if wanted == {}:
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": wanted, "strict": True}}


def _walls(asked: dict[str, Any], request: Request, dialect: str) -> dict[str, Any]:
    """What keeps the server's prompt cache from being shared between agencies."""
    if not request.salt:
        return {}
    if dialect == "vllm":
        return {"cache_salt": request.salt.hex()}
    # Another server's cache is walled by what it compares: the beginning of the prompt itself.
    mark = f"[{request.salt.hex()[:32]}]\n"
    if "prompt" in asked:
        return {"prompt": mark + asked["prompt"]}
    first, *others = asked["messages"]
    walls: dict[str, Any] = {"messages": [first | {"content": mark + first["content"]}, *others]}
    if dialect == "llamacpp" and "tools" in asked:
        # Some templates write the tools before the first message, and so before the mark.
        walls["cache_prompt"] = False
    return walls
