"""`publius mcp`: the tools of an agency's missions for a program that starts it, by standard input and output."""

from importlib import import_module

from publius.application import Application
from publius.cli.terminal import OfAgency, local_principal, with_application
from publius.types import Role


def mcp(agency: OfAgency) -> None:
    """Serve the tools of the agency's missions to an assistant on this machine, by the Model Context Protocol.

    It reads standard input and writes standard output until the assistant closes them. Other machines use `/mcp` of a
    running Publius, with a key.

    Example: `publius mcp --agency education`
    """

    async def work(application: Application) -> None:
        where = await application.database.agency_by_slug(agency)
        server = import_module("publius.api.mcp_server")  # Here, so that no other command waits for the SDK.
        await server.converse(server.Tools(application, local_principal(where, Role.MEMBER)))

    with_application(work)
