"""A process that begins a stream and stays in the middle of it, so that a test can kill it there."""

import asyncio
import sys
from pathlib import Path

from tests.ledger.walks import evidence, principal, question

from publius.ledger.ledger import Ledger
from publius.storage import Database


async def main(address: str, home: str, slug: str) -> None:
    """Begin, say so, and wait."""
    async with Database(address) as database:
        agency = await database.agency_by_slug(slug)
        async with Ledger(database, Path(home)).open(question("asked before the crash")) as record:
            record.note(principal(agency))
            record.note(evidence())
            await record.begin()
            print("begun", flush=True)
            await asyncio.sleep(120)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
