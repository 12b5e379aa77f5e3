"""Logs: one line per event on stderr, readable on a terminal and JSON elsewhere."""

import contextlib
import io
import logging
import sys
from typing import TextIO, cast

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
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Patient(sys.stderr))),
        cache_logger_on_first_use=False,
    )


class _Patient(io.TextIOBase):
    """Writes to a stream; a line that a full disk does not take is lost, not fatal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self._stream.write(text)
            self._stream.flush()
        return len(text)


def _renderers(terminal: bool) -> list[Processor]:
    if terminal:
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    described = ExceptionDictTransformer(show_locals=False)
    return [
        structlog.processors.ExceptionRenderer(described),
        structlog.processors.JSONRenderer(),
    ]
