"""Logs: JSON, one line a thing that happened, on standard error; never content, never a credential."""

import logging
import sys
import traceback

import structlog


def configure(level: str) -> None:
    """Set up this process's log.

    Args:
        level: `debug`, `info`, `warning` or `error`.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )


def whereabouts(error: BaseException) -> list[str]:
    """Where an error arose, outermost call first. Its message stays out: it may quote what somebody wrote."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
