"""What the tests against real servers share: a template that knows tools, a question, and the whole of its answer."""

from typing import Any

from publius.inference.engine import Engine, Finish, Piece, Request
from publius.types import Message

# The small model's own template knows no tools; this one writes them as Hermes does. The server does not hold a small
# model to a required call with it, so calls are tested in `test_asked.py`, against a server that speaks them.
TEMPLATE = """{%- if tools %}<|im_start|>system
You may call functions: <tools>{% for tool in tools %}{{ tool | tojson }}
{% endfor %}</tools>
Write each call as <tool_call>
{"name": "name", "arguments": {}}
</tool_call><|im_end|>
{% endif %}{%- for message in messages %}<|im_start|>{{ message.role }}
{% if message.content %}{{ message.content }}{% endif %}{% for call in message.tool_calls or [] %}<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>{% endfor %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""


def ask(text: str = "Count from one to one hundred in words.", **changes: Any) -> Request:
    values = {
        "messages": (Message("user", text),),
        "salt": b"salt" * 8,
        "max_tokens": 24,
        "agency": 1,
        "user": "me",
    } | changes
    return Request(**values)


async def written(engine: Engine, request: Request) -> tuple[str, list[Piece], Finish]:
    pieces: list[Piece] = []
    async for item in engine.generate(request):
        if isinstance(item, Finish):
            return "".join(piece.text for piece in pieces), pieces, item
        pieces.append(item)
    raise AssertionError("no Finish")
