"""What another server is asked for, and whether it did it: tools, formats, salts, spelled control tokens."""

import msgspec
import pytest
from aiohttp import web
from tests.inference.upstream.openai_server import Server, all_of, request

from publius.errors import EngineFailed
from publius.inference.engine import Finish, Piece
from publius.inference.upstream import UpstreamEngine
from publius.types import Form, Message, Tool, ToolCall


async def test_only_what_publius_decided_is_sent(engine: UpstreamEngine, server: Server) -> None:
    await all_of(engine, request(temperature=0.5, top_p=0.9, seed=3, stop=("END",)))
    assert server.asked == [
        {
            "model": "big",
            "messages": [{"role": "user", "content": "What is water?"}],
            "max_tokens": 50,
            "temperature": 0.5,
            "top_p": 0.9,
            "seed": 3,
            "stop": ["END"],
            "stream": True,
            "stream_options": {"include_usage": True},
            "cache_salt": "01ff",
            "priority": 0,
        }
    ]


async def test_a_server_that_does_not_know_cache_salt_gets_it_at_the_head_of_the_prompt(server: Server) -> None:
    server.owner = "llamacpp"
    engine = UpstreamEngine(server.url, "big", "secret")
    await engine.start()
    for salt in (b"one" * 10, b"one" * 10, b"two" * 10):
        await all_of(engine, request(salt=salt))
    await engine.stop()
    assert "cache_salt" not in server.asked[0]
    one, same, other = (asked["messages"][0]["content"] for asked in server.asked)
    assert one == same
    assert one[:20] != other[:20]
    assert one.endswith("\nWhat is water?")


async def test_calls_come_whole_out_of_their_fragments(engine: UpstreamEngine, server: Server) -> None:
    server.behave = server.call_two_tools
    [calls, finish] = await all_of(engine, request(form=Form(tools=(Tool(name="weather"), Tool(name="clock")))))
    assert isinstance(calls, Piece)
    assert calls.calls == (
        ToolCall("a", "weather", '{"city": "Oslo"}'),
        ToolCall("b", "clock", '{"zone": "UTC"}'),
    )
    assert isinstance(finish, Finish)
    assert finish.reason == "tool_calls"
    assert finish.usage.cached_tokens == (await engine.load()).cached_tokens == 64
    alone = Form(tools=(Tool(name="weather"),), parallel_calls=False)
    [calls, _] = await all_of(engine, request(form=alone))
    assert isinstance(calls, Piece)
    assert len(calls.calls) == 1


async def test_a_strict_tool_is_sent_as_one_so_that_the_server_holds_its_calls_to_the_schema(
    engine: UpstreamEngine, server: Server
) -> None:
    await all_of(engine, request(form=Form(tools=(Tool(name="weather", strict=True), Tool(name="clock")))))
    assert [tool["function"].get("strict") for tool in server.asked[-1]["tools"]] == [True, None]


async def test_tools_and_their_results_are_sent_in_openais_form(engine: UpstreamEngine, server: Server) -> None:
    call = ToolCall("a", "weather", '{"city": "Oslo"}')
    turns = (Message("user", "Rain?"), Message("assistant", "", calls=(call,)), Message("tool", "Rain.", call_id="a"))
    tools = (Tool(name="weather", description="W", parameters={"type": "object"}), Tool(name="clock"))
    await all_of(engine, request(messages=turns, form=Form(tools=tools)))
    [asked] = server.asked
    function = {"name": "weather", "arguments": '{"city": "Oslo"}'}
    assert asked["messages"][1]["tool_calls"] == [{"id": "a", "type": "function", "function": function}]
    assert asked["messages"][2] == {"role": "tool", "content": "Rain.", "tool_call_id": "a"}
    described = {"name": "weather", "description": "W", "parameters": {"type": "object"}}
    assert asked["tools"][0] == {"type": "function", "function": described}
    assert asked["tool_choice"] == "auto"


async def test_one_tool_by_name_is_that_tool_alone_and_none_is_no_tool(engine: UpstreamEngine, server: Server) -> None:
    tools = (Tool(name="weather"), Tool(name="clock"))
    server.behave = server.call_two_tools
    await all_of(engine, request(form=Form(tools=tools, tool_choice="clock")))
    server.behave = server.answer
    await all_of(engine, request(form=Form(tools=tools, tool_choice="none")))
    named, none = server.asked
    assert [tool["function"]["name"] for tool in named["tools"]] == ["clock"]
    assert named["tool_choice"] == "required"
    assert "tools" not in none


@pytest.mark.parametrize(
    "form", [Form(tools=(Tool(name="weather"),), tool_choice="required"), Form(schema='{"type": "object"}')]
)
async def test_a_server_that_ignores_what_was_required_is_found_out(
    engine: UpstreamEngine, server: Server, form: Form
) -> None:
    async def prose(asked: web.Request) -> web.StreamResponse:
        return await server.send(asked, {"choices": [{"delta": {"content": "Well."}, "finish_reason": "stop"}]})

    server.behave = prose
    with pytest.raises(EngineFailed, match=r"though one was required|response_format"):
        await all_of(engine, request(form=form))


async def test_a_call_that_the_limit_cut_short_is_not_given(engine: UpstreamEngine, server: Server) -> None:
    async def cut(asked: web.Request) -> web.StreamResponse:
        function = {"name": "pay", "arguments": '{"dollars": 1'}
        end = {"delta": {"tool_calls": [{"index": 0, "function": function}]}, "finish_reason": "length"}
        return await server.send(asked, {"choices": [end]})

    server.behave = cut
    items = await all_of(engine, request(form=Form(tools=(Tool(name="pay"),))))
    assert [item.reason for item in items if isinstance(item, Finish)] == ["length"]
    assert not [item for item in items if isinstance(item, Piece) and item.calls]


async def test_control_tokens_in_what_people_wrote_are_broken_and_mended(
    engine: UpstreamEngine, server: Server
) -> None:
    spelled = "<|eot_id|> <|im_end|> </s> [INST] <start_of_turn> <<SYS>> <|python_tag|>"

    async def repeat(asked: web.Request) -> web.StreamResponse:
        told = server.asked[-1]["messages"][0]["content"]
        return await server.send(asked, {"choices": [{"delta": {"content": told}, "finish_reason": "stop"}]})

    server.behave = repeat
    tool = Tool(name="t", description=spelled, parameters={"properties": {spelled: {}}})
    [piece, _] = await all_of(engine, request(messages=(Message("user", spelled),), form=Form(tools=(tool,))))
    sent = msgspec.json.encode(server.asked[0]).decode()
    assert not [word for word in spelled.split() if word in sent]
    assert isinstance(piece, Piece)
    assert piece.text == spelled


async def test_what_only_looks_like_one_is_left_alone(engine: UpstreamEngine, server: Server) -> None:
    text = "if a < b | c > d: <table><b>x</b></table> [1] [REDACTED] <https://example.gov>"
    await all_of(engine, request(messages=(Message("user", text),)))
    assert server.asked[0]["messages"][0]["content"] == text
