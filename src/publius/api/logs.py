"""Logs: JSON, one line a thing that happened, on standard error or in a file; never content, never a credential."""

import logging
import sys
import traceback
from pathlib import Path

import structlog


def configure(level: str, home: Path) -> None:
    """Set up this process's log: on standard error, or in `home/server.log` where that is somebody's terminal.

    Args:
        level: `debug`, `info`, `warning` or `error`.
    """
    # At a terminal the line that says where to go should stay in view.
    stream = (home / "server.log").open("a", buffering=1) if sys.stderr.isatty() else sys.stderr
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(stream),
    )


def whereabouts(error: BaseException) -> list[str]:
    """Where an error arose, outermost call first. Its message stays out: it may quote what somebody wrote."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
