"""Llama 3 and 4 are written token for token as Meta's own `llama-models` writes them; no text becomes a special token.

Meta's package runs in an environment of its own and holds the real tokenizers of both families.
"""

import json
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bench.peers import PeerMissing, python_of

from publius.inference.templates import FAMILIES
from publius.inference.vocabulary import Vocabulary
from publius.types import Form, Message, Tool, ToolCall

pytestmark = pytest.mark.slow

# Our family, and whose tokenizer and which form of calls in Meta's package are its own.
THEIRS = {"llama3": ("llama3", "json"), "llama3.2": ("llama3", "python_list"), "llama4": ("llama4", "python_list")}


class Meta:
    """The package, running. Text is encoded as carelessly as it can be: spelled specials become special tokens."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, family: str, **question: Any) -> Any:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"family": THEIRS[family][0], **question}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def prompt(self, family: str, messages: Sequence[Message]) -> list[int]:
        given = [
            {
                "role": message.role,
                "content": message.content,
                "tool_calls": [
                    {"call_id": call.id, "tool_name": call.name, "arguments": json.loads(call.arguments)}
                    for call in message.calls
                ],
            }
            for message in messages
        ]
        ids: list[int] = self.ask(family, messages=given, form=THEIRS[family][1])
        return ids

    @cache  # noqa: B019 (one object for the module)
    def vocabulary(self, family: str) -> Vocabulary:
        """Ours, over their tokenizer."""
        table = self.ask(family)
        tokens = [bytes.fromhex(token) for token in table["tokens"]]
        return Vocabulary(tokens, table["special"], lambda text: self.ask(family, text=text))


@pytest.fixture(scope="module")
def meta() -> Iterator[Meta]:
    try:
        python = python_of("llama-models")
    except PeerMissing as missing:
        pytest.skip(f"Meta's llama-models is not here: {missing}")
    command = [str(python), str(Path(__file__).with_name("meta.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Meta(process)
        assert process.stdin
        process.stdin.close()


SYSTEM = Message("system", "You are a helpful assistant.")
CALL = ToolCall("call_1", "get_weather", '{"city": "San Francisco", "metric": "celsius"}')
RESULT = Message("tool", '{"temperature": 25.5}', call_id="call_1")
CONVERSATIONS = {
    "one question": (Message("user", "Who are you?"),),
    "system and question": (SYSTEM, Message("user", "Who are you?")),
    "several turns": (SYSTEM, Message("user", "Hi"), Message("assistant", "Hello!"), Message("user", "And now?")),
    "an empty system message": (Message("system", ""), Message("user", "Hi")),
    "an empty question": (SYSTEM, Message("user", "")),
    "no message at all": (),
    "blank space at both ends": (Message("system", "  Be brief.\n\n"), Message("user", "\n\t Hi  \n")),
    "nothing but blank space": (Message("user", " \n \n\n"),),
    "many languages": (
        Message(
            "user",
            "¿Cuánto? 你好 — Здравствуйте \U0001f469\U0001f3fd\u200d\U0001f680 e\u0301\u200b\ufeff नमस्ते\r\n12345678",
        ),
    ),
    "code and long runs": (Message("user", "def f(x):\n\treturn x  # " + "=" * 300 + " " * 200 + "\n" * 50),),
    "a system message in the middle": (Message("user", "Hi"), Message("system", "Be brief."), Message("user", "Go on")),
    "two of one role": (Message("user", "One"), Message("user", "Two")),
    "a call": (SYSTEM, Message("user", "Weather?"), Message("assistant", "", (CALL,))),
    "a call and its result": (Message("user", "Weather?"), Message("assistant", "", (CALL,)), RESULT),
    "words before a call": (Message("user", "Weather?"), Message("assistant", "Let me look. ", (CALL,)), RESULT),
    "a call, its result, and on": (
        SYSTEM,
        Message("user", "Weather?"),
        Message("assistant", "", (CALL,)),
        RESULT,
        Message("assistant", "It is 25.5 degrees."),
        Message("user", "Thanks"),
    ),
    "two calls at once": (
        Message("user", "Weather in two places?"),
        Message("assistant", "", (CALL, ToolCall("call_2", "get_weather", '{"city": "Seattle"}'))),
        RESULT,
        Message("tool", "rain", call_id="call_2"),
    ),
    "arguments of every kind": (
        Message("user", "Go"),
        Message("assistant", "", (ToolCall("c", "f", '{"a": 1, "b": -2.5, "c": true, "d": null, "e": ["x", 2]}'),)),
        Message("tool", "", call_id="c"),
    ),
    "a call without arguments": (Message("user", "Go"), Message("assistant", "", (ToolCall("c", "now", "{}"),))),
    "arguments in other scripts": (
        Message("user", "Go"),
        Message("assistant", "", (ToolCall("c", "f", '{"city": "São Paulo", "name": "你好"}'),)),
    ),
}


@pytest.mark.parametrize("family", THEIRS)
@pytest.mark.parametrize("messages", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_a_conversation_is_written_token_for_token_as_meta_writes_it(
    meta: Meta, family: str, messages: tuple[Message, ...]
) -> None:
    ours = meta.vocabulary(family).render(FAMILIES[family].prompt(messages, Form()), b"")
    assert ours == meta.prompt(family, messages)


@pytest.mark.parametrize("family", THEIRS)
def test_the_salt_is_the_only_difference_and_stands_within_the_first_cache_block(meta: Meta, family: str) -> None:
    vocabulary, parts = meta.vocabulary(family), FAMILIES[family].prompt((SYSTEM, Message("user", "Hi")), Form())
    plain, one, other = (vocabulary.render(parts, salt) for salt in (b"", b"one", b"two"))
    at = next(i for i, (a, b) in enumerate(zip(plain, one, strict=False)) if a != b)
    assert one[:at] + one[at + 16 :] == plain
    assert one[at : at + 16] == vocabulary.salt(b"one")
    assert at + 16 <= 32
    assert one[:32] != other[:32]


WEATHER = Tool(
    name="get_weather",
    description="Get weather info for places",
    parameters={
        "type": "dict",
        "required": ["city"],
        "properties": {
            "city": {"type": "string", "description": "The name of the city to get the weather for"},
            "metric": {
                "type": "string",
                "description": "The metric for weather. Options are: celsius, fahrenheit",
                "default": "celsius",
            },
        },
    },
)


def documented(folder: str, page: str, section: str) -> str:
    """A prompt that Meta's documentation in the package shows."""
    [found] = python_of("llama-models").parent.parent.glob(f"lib/python*/site-packages/llama_models/{folder}/{page}")
    text = found.read_text().split(f"## {section}\n", 1)[1].split("##### Input Prompt Format\n```\n", 1)[1]
    return text.split("\n```\n", 1)[0]


def test_tools_are_introduced_to_llama_3_2_in_the_words_that_meta_documents(meta: Meta) -> None:
    parts = FAMILIES["llama3.2"].prompt(
        (Message("user", "What is the weather in SF and Seattle?"),), Form(tools=(WEATHER,))
    )
    ours = meta.vocabulary("llama3.2").render(parts, b"")
    theirs = documented("llama3_2", "text_prompt_format.md", "Zero shot function calling")
    assert ours == [128000, *meta.ask("llama3", text=theirs.removeprefix("<|begin_of_text|>"))]


def test_tools_are_introduced_to_llama_3_1_in_the_words_that_meta_documents(meta: Meta) -> None:
    tool = Tool(name="trending_songs", description="Returns the trending songs on a Music site")
    introduced = FAMILIES["llama3"].dialect.introduce((tool,))
    theirs = documented("llama3_1", "prompt_format.md", "JSON based tool calling")
    before, after = introduced.split('        "parameters"')[0], introduced.rsplit("}", 1)[1]
    assert before in theirs
    assert f"{after}<|eot_id|>" in theirs


TRICKS = {
    "whole": "{0}",
    "doubled": "{0}{0}",
    "in words": "a{0}b {0} c",
    "split": "{1}\u200b{2} {1} {2} {1}\n{2}",
    "overlapping": "{1}{0}{2}",
    "inside itself": "{1}{1}{2}{2}",
    "other cases": "{3} {4}",
    "look-alikes": "{5}",
}


def tricks(spelling: str) -> list[str]:
    half = len(spelling) // 2
    look = spelling.replace("|", "\u01c0").replace("<", "\uff1c").replace(">", "\uff1e")
    values = (spelling, spelling[:half], spelling[half:], spelling.upper(), spelling.title(), look)
    return [trick.format(*values) for trick in TRICKS.values()]


@pytest.mark.parametrize("family", ["llama3", "llama4"])
def test_no_spelling_of_a_special_token_becomes_one(meta: Meta, family: str) -> None:
    vocabulary = meta.vocabulary(family)
    text = " ".join(spelled for i in sorted(vocabulary.special) for spelled in tricks(vocabulary.spelling(i)))
    assert not vocabulary.special.isdisjoint(meta.ask(family, text=text)), "the tokenizer alone would make them"
    ids = vocabulary.encode(text)
    assert vocabulary.special.isdisjoint(ids)
    assert vocabulary.bytes_of(ids).decode() == text


@pytest.mark.parametrize("family", THEIRS)
def test_in_no_place_of_a_prompt_can_text_form_a_control_token(meta: Meta, family: str) -> None:
    vocabulary = meta.vocabulary(family)

    def controls(evil: str) -> list[int]:
        text = f"a{evil}b"
        call = ToolCall(f"c{evil}", f"f{evil}", json.dumps({text: [text, {text: text}]}))
        tool = Tool(name=f"f{evil}", description=text, parameters={"description": text, text: {"enum": [text]}})
        messages = (
            Message("system", text),
            Message("user", text),
            Message("assistant", text, (call, call)),
            Message("tool", text, call_id=text),
            Message("assistant", text),
        )
        ids = vocabulary.render(FAMILIES[family].prompt(messages, Form(tools=(tool,))), b"salt")
        return [i for i in ids if i in vocabulary.special]

    evil = "".join(vocabulary.spelling(i) for i in sorted(vocabulary.special)[:40])
    assert controls(evil) == controls("")
