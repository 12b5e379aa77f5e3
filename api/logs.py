"""Logs: one line per event on stderr, readable on a terminal and JSON elsewhere."""

import logging
import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor


def configure_logs(level: int = logging.INFO) -> None:
    """For a process of ours, once, at its start. Tracebacks never show local values."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *_renderers(sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _renderers(terminal: bool) -> list[Processor]:
    if terminal:
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    described = ExceptionDictTransformer(show_locals=False)
    return [
        structlog.processors.ExceptionRenderer(described),
        structlog.processors.JSONRenderer(),
    ]
