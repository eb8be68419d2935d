"""Whether a question is one that can be asked at all of this model, told in the caller's own field names."""

import json
import math

from publius.errors import InvalidRequest
from publius.policy import conversation, schema
from publius.policy.conversation import NAME, is_text
from publius.types import Form, Model, Question, Sampling, Tool

_MOST_STOPS = 4
_LONGEST_STOP = 200
_SEEDS = 2**63
_MOST_TOOLS = 128
_LONGEST_DESCRIPTION = 4_096
MOST_ANSWERS = 16  # to one question, several prompts together
MOST_CHOICES = 8
QUERY = "query"  # the one tool of the library: SQL over its tables
CHOICES_OF_A_TOOL = ("auto", "none", "required")


def check(question: Question, model: Model, most_tokens: int) -> int:
    """Check messages, sampling and form; returns how many tokens each answer may have.

    Raises:
        InvalidRequest: names the field, what it was and what it may be.
    """
    if model.grounded:
        _check_grounded(question, model)
    if question.call is None:
        conversation.check(question.messages)
    else:
        _check_call(question, model)
    _check_sampling(question.sampling)
    _check_form(question.form, len(question.messages) if question.form.raw else 1)
    return _tokens(question.sampling.max_tokens, most_tokens)


def _check_grounded(question: Question, model: Model) -> None:
    """A grounded answer is sentences with citations, each checked: there is no other form of it."""
    form = question.form
    asks = {
        "tools": form.tools,
        "response_format": form.schema,
        "n": form.choices != 1,
        "logprobs": form.logprobs,
        "prompt": form.raw,
    }
    for field, wanted in asks.items():
        if wanted:
            raise InvalidRequest(
                f"{model.id} answers from documents, in sentences with their sources; {field} does not go with that.",
                cure="Leave it out, or ask the model llama.",
                param=field,
            )
    for at, message in enumerate(question.messages):
        if message.role == "tool" or message.calls:
            raise InvalidRequest(
                f"{model.id} answers from documents, not from the results of tools.",
                cure="Leave these messages out, or ask the model llama.",
                param=f"messages[{at}].role",
            )


def _check_call(question: Question, model: Model) -> None:
    """A tool that the caller wants computed: a mission's, or the library's query; with arguments that can be kept."""
    call = question.call
    if not model.mission and not (model.grounded and call is not None and call.name == QUERY):
        raise InvalidRequest(f"{model.id} has no tools of its own.", cure="Name a mission.", param="model")
    if call is None or question.messages:
        raise InvalidRequest("A tool is called by itself, without messages.", param="messages")
    conversation.check_arguments(call, "arguments")


def _check_sampling(sampling: Sampling) -> None:
    _within("temperature", sampling.temperature, 0, 2)
    _within("top_p", sampling.top_p, 0.01, 1)
    _within("presence_penalty", sampling.presence_penalty, -2, 2)
    _within("frequency_penalty", sampling.frequency_penalty, -2, 2)
    if sampling.seed is not None and not -_SEEDS <= sampling.seed < _SEEDS:
        raise InvalidRequest("seed must fit into 64 bits.", param="seed")
    if len(sampling.stop) > _MOST_STOPS or not all(_is_stop(stop) for stop in sampling.stop):
        raise InvalidRequest(
            f"stop takes up to {_MOST_STOPS} texts of 1 to {_LONGEST_STOP} characters each.", param="stop"
        )


def _check_form(form: Form, prompts: int) -> None:
    if not 1 <= form.choices <= MOST_CHOICES:
        raise InvalidRequest(f"n must be from 1 to {MOST_CHOICES}; it was {form.choices}.", param="n")
    if prompts * form.choices > MOST_ANSWERS:
        raise InvalidRequest(
            f"{prompts} prompts with n={form.choices} are {prompts * form.choices} answers; "
            f"one request gets at most {MOST_ANSWERS}.",
            cure="Send fewer at once.",
            param="n",
        )
    if len(form.tools) > _MOST_TOOLS:
        raise InvalidRequest(f"There may be {_MOST_TOOLS} tools; there were {len(form.tools)}.", param="tools")
    for at, tool in enumerate(form.tools):
        _check_tool(tool, {other.name for other in form.tools[:at]}, f"tools[{at}].function")
    names = [tool.name for tool in form.tools]
    if form.tool_choice not in CHOICES_OF_A_TOOL and form.tool_choice not in names:
        raise InvalidRequest(f"There is no tool {form.tool_choice[:64]!r} in tools.", param="tool_choice")
    if form.tool_choice not in ("auto", "none") and not names:
        raise InvalidRequest("tool_choice wants a tool, and there are none.", cure="Send tools.", param="tool_choice")
    if form.schema is not None:
        schema.check(json.loads(form.schema), "response_format.json_schema.schema", strict=True)


def _check_tool(tool: Tool, others: set[str], param: str) -> None:
    if not NAME.fullmatch(tool.name) or tool.name in CHOICES_OF_A_TOOL:
        raise InvalidRequest(
            "A function's name has 1 to 64 letters, digits, _ or -, and is not auto, none or required.",
            param=f"{param}.name",
        )
    if tool.name in others:
        raise InvalidRequest(f"There are two tools of the name {tool.name}.", param=f"{param}.name")
    if len(tool.description) > _LONGEST_DESCRIPTION or not is_text(tool.description):
        raise InvalidRequest(
            f"A description is text of at most {_LONGEST_DESCRIPTION:,} characters.", param=f"{param}.description"
        )
    if tool.parameters.get("type", "object") != "object":
        raise InvalidRequest("The parameters of a function are an object.", param=f"{param}.parameters.type")
    schema.check(tool.parameters, f"{param}.parameters", strict=tool.strict)


def _within(name: str, value: float, least: float, most: float) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        raise InvalidRequest(f"{name} must be from {least} to {most}; it was {value}.", param=name)


def _tokens(wanted: int | None, most: int) -> int:
    if wanted is None:
        return most
    if not 1 <= wanted <= most:
        raise InvalidRequest(
            f"max_tokens must be from 1 to {most:,}; it was {wanted:,}.",
            cure="Choose a number in that range, or leave the field out.",
            param="max_tokens",
        )
    return wanted


def _is_stop(stop: str) -> bool:
    return 1 <= len(stop) <= _LONGEST_STOP and is_text(stop)
