"""The process in which one query runs, and nothing after it: a job comes in by one pipe, rows leave by another.

Started by `sandbox.Queries` with an empty environment, once for each query, so that nothing of one agency's tables is
there when the next one asks. Each message is its length in four bytes and then MessagePack.
"""

import os
import resource
import sys
from typing import Any

import duckdb
import fsspec
import msgspec

from publius.errors import PubliusError
from publius.retrieval.querying import statement
from publius.retrieval.querying.forms import read
from publius.retrieval.querying.job import Job, Reply, Table
from publius.retrieval.querying.tables import load
from publius.retrieval.reading.parquet import OPEN
from publius.retrieval.reading.worker import LENGTH, OUT_OF_MEMORY


def main() -> None:
    """Answer one job. Arguments: bytes of memory, and seconds of processor time."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    jobs, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # A library that prints must not write into the pipe.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    _confine(memory, seconds)
    try:
        job = msgspec.msgpack.decode(jobs.read(LENGTH.unpack(jobs.read(LENGTH.size))[0]), type=Job)
        reply = msgspec.msgpack.encode(_carry_out(job))
    except (MemoryError, duckdb.OutOfMemoryException):
        os._exit(OUT_OF_MEMORY)
    replies.write(LENGTH.pack(len(reply)) + reply)
    replies.flush()


def _confine(memory: int, seconds: int) -> None:
    """So much memory and time, no files written, no processes started, no memory image left after a crash."""
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _lower(limit, value)
    os.nice(5)  # answering comes before querying


def _lower(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (lowest, lowest))


def _carry_out(job: Job) -> Reply:
    try:
        connection = duckdb.connect(":memory:", config=OPEN)
        connection.register_filesystem(fsspec.filesystem("memory"))
        tables = tuple(table for source in job.sources for table in load(connection, source))
        connection.execute(statement.SHUT)
        connection.execute("SELECT now()").fetchall()  # which reads the zones' file, the last that is read
        _lower(resource.RLIMIT_NOFILE, 0)  # not even what DuckDB would let through: no file, no socket
        return _asked(connection, tables, job)
    except PubliusError as refusal:
        return Reply(problem=refusal.message, cure=refusal.next_step)


def _asked(connection: Any, tables: tuple[Table, ...], job: Job) -> Reply:
    if job.question:
        asked = read(job.question, tables)
        if asked is None or (asked.proviso and statement.run(connection, asked.proviso).rows != ((True,),)):
            return Reply(tables)
        return Reply(tables, asked.sql, statement.run(connection, asked.sql), asked)
    if not job.sql:
        return Reply(tables)
    statement.check(connection, job.sql)
    return Reply(tables, job.sql, statement.run(connection, job.sql))


if __name__ == "__main__":
    main()
