"""The missions' tools as an MCP server. Imported when an assistant comes: importing the official SDK takes a second.

A server is made for each exchange, or for one program at the other end of a pipe; it knows who asks, and nothing else.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import msgspec
from litestar.types import Receive, Scope, Send
from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import ValidationError

from publius import __version__, flow
from publius.api.calls import calling, computed
from publius.api.errors import unforeseen
from publius.application import Application
from publius.errors import InvalidInputs, PubliusError, RequestError, SetupError
from publius.missions.faults import BrokenMission
from publius.missions.pack import Pack
from publius.types import Answer, Door, Principal

Context = ServerRequestContext[Any]
BETWEEN = "__"  # a mission's id and its tool's name in the name that an assistant calls
INSTRUCTIONS = (
    "Each tool computes by published rules and shows every line of the computation with its citation."
    " Never guess an input: ask the person for it. Repeat figures exactly as they are returned."
)
_READS_ALONE = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


class Tools:
    """The tools of every mission that is on for one agency, called for one principal.

    Each walk takes its id from `ids`, and `note` is told of each answer.
    """

    def __init__(
        self,
        app: Application,
        principal: Principal,
        ids: Callable[[], UUID] = uuid4,
        note: Callable[[Answer], None] = lambda answer: None,
    ) -> None:
        self._app = app
        self._principal = principal
        self._note = note
        self.ids = ids

    async def listed(self) -> list[Tool]:
        """Every tool with its schema. A mission whose code is broken costs the others nothing."""
        listed = []
        for pack in await self._app.missions.of(self._principal.agency):
            try:
                listed += [_shown(pack, tool) for tool in self._app.missions.tools(pack)]
            except BrokenMission:
                continue
        return listed

    async def call(self, name: str, arguments: dict[str, Any]) -> CallToolResult:
        """Walk with one call, and come back with its result, or with what its caller can mend."""
        mission, tool = await self._meant(name)
        question = calling(mission, tool, arguments, id=self.ids(), door=Door.MCP, credential=self._principal)
        try:
            answer = await flow.answer(question, self._app)
        except RequestError as error:
            return _refused(error)
        self._note(answer)
        shown = msgspec.to_builtins(computed(answer, mission, self._app.settings.url))
        return CallToolResult(content=[TextContent(text=shown["text"])], structured_content=shown)

    async def _meant(self, name: str) -> tuple[str, str]:
        """The mission and the tool. One that is not there keeps its name, and the walk refuses and records it."""
        packs = await self._app.missions.of(self._principal.agency)
        begun = [pack.id for pack in packs if name.startswith(f"{pack.id}{BETWEEN}")]
        mission = max(begun, key=len, default=name.partition(BETWEEN)[0])
        return mission, name.removeprefix(f"{mission}{BETWEEN}")


def server(tools: Tools) -> Server[Any]:
    """An MCP server with these tools and nothing else."""

    async def list_tools(context: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=await tools.listed())

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        return await tools.call(params.name, params.arguments or {})

    made: Server[Any] = Server(
        "publius",
        version=__version__,
        title="Publius",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        get_tool_input_schema=lambda name: None,  # No argument comes in a header.
    )
    # Instead of the SDK's own spans, which could hold what was asked: Publius has its own, without content.
    made.middleware[:] = [_at_the_door(tools)]
    return made


def _at_the_door(tools: Tools) -> ServerMiddleware[Any]:
    """What every message goes through: no error tells of the inside, as the SDK by itself would let it."""

    async def guarded(ctx: Context, call_next: CallNext) -> HandlerResult:
        try:
            return await call_next(ctx)
        except (MCPError, ValidationError):
            raise
        except Exception as error:  # noqa: BLE001 (nobody behind this but the SDK, which would send its words)
            known = error if isinstance(error, PubliusError) and not isinstance(error, SetupError) else None
            raise MCPError(INTERNAL_ERROR, str(known or unforeseen(error, str(tools.ids())))) from None

    return guarded


async def exchange(tools: Tools, largest: int, scope: Scope, receive: Receive, send: Send) -> None:
    """Read one message of at most `largest` bytes and answer it, without a session."""
    manager = StreamableHTTPSessionManager(
        server(tools), stateless=True, json_response=True, max_request_body_size=largest
    )
    async with manager.run():
        await manager.handle_request(scope, receive, send)  # type: ignore[arg-type]


async def converse(tools: Tools) -> None:
    """Serve one program over standard input and output until it closes them."""
    made = server(tools)
    async with stdio_server() as (reading, writing):
        await made.run(reading, writing, made.create_initialization_options())


def _shown(pack: Pack, tool: Any) -> Tool:
    return Tool(
        name=f"{pack.id}{BETWEEN}{tool.name}",
        title=f"{pack.title()}: {tool.title}",
        description=tool.description,
        input_schema=tool.schema(),
        annotations=_READS_ALONE,
    )


def _refused(error: RequestError) -> CallToolResult:
    """An error that the assistant can mend, in sentences and as data."""
    problems = error.problems if isinstance(error, InvalidInputs) else {}
    lines = [f"{path}: {sentence}" if path else sentence for path, sentence in problems.items()] or [str(error)]
    said: dict[str, Any] = {"code": error.code, "message": str(error), "param": error.param, "problems": problems}
    return CallToolResult(
        content=[TextContent(text="\n".join(lines))], structured_content={"error": said}, is_error=True
    )
