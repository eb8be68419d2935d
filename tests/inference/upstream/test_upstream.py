"""Another server as the engine: its answers, its refusals and its bad days."""

import asyncio
from contextlib import aclosing

import pytest
from aiohttp import web
from tests.inference.upstream.openai_server import Server, all_of, request

from publius.errors import EngineFailed, EngineUnavailable, PromptTooLong, PubliusError
from publius.inference.engine import Finish, Piece
from publius.inference.upstream import UpstreamEngine
from publius.inference.upstream_stream import Patience


async def test_a_stream_is_given_on_piece_by_piece(engine: UpstreamEngine) -> None:
    items = await all_of(engine, request())
    pieces = [item for item in items if isinstance(item, Piece)]
    assert "".join(piece.text for piece in pieces) == "Water is wet."
    assert sum(piece.tokens for piece in pieces) == 3, "what comes together is one piece, and counts in full"
    assert isinstance(items[-1], Finish)
    assert items[-1].reason == "length"
    assert (items[-1].usage.prompt_tokens, items[-1].usage.completion_tokens) == (9, 3)
    assert engine.context == 4096
    assert (await engine.health()).ready


@pytest.mark.parametrize("bad_day", ["die", "end_early", "talk_rubbish", "complain"])
async def test_a_stream_that_breaks_is_an_error_after_what_had_come(
    engine: UpstreamEngine, server: Server, bad_day: str
) -> None:
    server.behave = getattr(server, bad_day)
    seen: list[Piece | Finish] = []
    with pytest.raises(EngineFailed) as caught:
        async for item in engine.generate(request()):
            seen.append(item)
    assert "".join(item.text for item in seen if isinstance(item, Piece)) == "Water is "
    assert "prompt" not in caught.value.message, "an upstream's words may repeat content"


async def test_closing_hangs_up_on_the_server(engine: UpstreamEngine, server: Server) -> None:
    server.behave = server.go_on_for_ever
    async with aclosing(engine.generate(request())) as stream:
        await anext(stream)
    async with asyncio.timeout(5):
        await server.hung_up.wait()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, "This model's maximum context length is 4096 tokens", PromptTooLong),
        (400, "bad request", EngineFailed),
        (401, "wrong key", EngineFailed),
        (404, "no such model", EngineFailed),
        (429, "slow down", EngineUnavailable),
        (500, "broken", EngineFailed),
        (503, "loading", EngineUnavailable),
    ],
)
async def test_refusals_become_our_errors_without_the_servers_words(
    engine: UpstreamEngine, server: Server, status: int, body: str, error: type[Exception]
) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    server.behave = refuse
    with pytest.raises(error) as caught:
        await all_of(engine, request())
    assert body not in str(caught.value)


async def test_a_server_that_is_not_there_is_unavailable_and_may_come_later() -> None:
    engine = UpstreamEngine("http://127.0.0.1:9", "big")
    await engine.start()
    assert not (await engine.health()).ready
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        await all_of(engine, request())
    await engine.stop()


async def test_a_server_without_our_model_is_not_ready(server: Server) -> None:
    engine = UpstreamEngine(server.url, "other", "secret")
    await engine.start()
    health = await engine.health()
    await engine.stop()
    assert not health.ready
    assert "has no model other" in health.detail


@pytest.mark.parametrize("bad_day", ["write_one_line_for_ever", "chatter", "only_say_that_it_lives"])
async def test_a_stream_without_an_end_is_ended(server: Server, bad_day: str) -> None:
    engine = UpstreamEngine(server.url, "big", "secret", patience=Patience(first=1, between=0.3))
    await engine.start()
    server.behave = getattr(server, bad_day)
    async with asyncio.timeout(10):
        with pytest.raises(EngineFailed):
            await all_of(engine, request())
    await engine.stop()


async def test_a_first_token_is_not_waited_for_without_end(server: Server) -> None:
    async def never(asked: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        raise AssertionError

    server.behave = never
    engine = UpstreamEngine(server.url, "big", "secret", patience=Patience(first=0.2))
    await engine.start()
    with pytest.raises(EngineUnavailable, match="does not answer"):
        await all_of(engine, request())
    await engine.stop()


async def test_a_redirect_is_not_followed_with_the_key(engine: UpstreamEngine, server: Server) -> None:
    async def elsewhere(asked: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": f"{server.url}/v1/chat/completions"})

    server.behave = elsewhere
    with pytest.raises(EngineFailed, match="points elsewhere"):
        await all_of(engine, request())
    assert len(server.asked) == 1


@pytest.mark.parametrize(("said", "passed_on"), [("17", 17), ("999999", 3600), ("soon", 5)])
async def test_retry_after_is_passed_on(engine: UpstreamEngine, server: Server, said: str, passed_on: int) -> None:
    async def refuse(asked: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": said})

    server.behave = refuse
    with pytest.raises(EngineUnavailable) as caught:
        await all_of(engine, request())
    assert caught.value.retry_after == passed_on


@pytest.mark.parametrize("deaths", [1, 9])
async def test_a_connection_that_breaks_before_anything_came_is_tried_once_more(
    engine: UpstreamEngine, server: Server, deaths: int
) -> None:
    async def die_first(asked: web.Request) -> web.StreamResponse:
        if len(server.asked) > deaths:
            return await server.answer(asked)
        assert asked.transport
        asked.transport.abort()
        return web.Response()

    server.behave = die_first
    if deaths == 1:
        assert (
            "".join(item.text for item in await all_of(engine, request()) if isinstance(item, Piece)) == "Water is wet."
        )
    else:
        with pytest.raises(PubliusError, match="twice"):
            await all_of(engine, request())
    assert len(server.asked) == 2
