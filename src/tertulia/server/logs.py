"""How the server logs: structured lines on stderr, readable in a terminal and JSON everywhere else.

Our own lines and those of the libraries below us look alike. A traceback shows code and never the values in it,
since those may be what a person wrote, or a key. What a stranger wrote, a path say, steers no terminal.
"""

import logging
import sys
from typing import Any, Literal, TextIO

import msgspec
import structlog
from structlog.typing import EventDict, Processor

from tertulia.runtime.clock import SystemClock

LogFormat = Literal["auto", "json", "console"]

# uvicorn says that it starts and stops, and so do we; why a start failed is said by whoever made it fail.
_SAID_ELSEWHERE = frozenset({"Application startup failed. Exiting."})

# The SDK for MCP servers, and its HTTP client, put into their lines what they were sent; of their failures we tell.
_QUOTE_WHAT_IS_SAID = ("mcp", "client", "httpx2", "httpcore2")


def configure_logs(
    level: str, log_format: LogFormat = "auto", *, stream: TextIO | None = None, for_good: bool = False
) -> None:
    """Send all log lines of this process, from `level` up, to `stream` (stderr when it is left out).

    `for_good`: nobody configures them anew, so that a logger need not look up at every line what it is to do.
    """
    out = stream or sys.stderr
    is_terminal = out.isatty()
    is_console = log_format == "console" or (log_format == "auto" and is_terminal)
    lowest = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *_SHARED, *_rendered(is_console, is_terminal)],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=for_good,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendered(is_console, is_terminal),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(lowest, logging.WARNING), force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    for name in _QUOTE_WHAT_IS_SAID:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _stamp(_logger: Any, _name: str, line: EventDict) -> EventDict:
    line["timestamp"] = _now()
    return line


_now = SystemClock()
_SHARED: list[Processor] = [
    structlog.processors.add_log_level,
    _stamp,
    structlog.processors.StackInfoRenderer(),
]


def _rendered(is_console: bool, is_terminal: bool) -> list[Processor]:
    if is_console:
        plain = structlog.dev.plain_traceback
        return [_seen, structlog.dev.ConsoleRenderer(colors=is_terminal, exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_json)]


def _seen(_logger: Any, _name: str, line: EventDict) -> EventDict:
    """Write what is not seen as its code: in JSON all values are written so, and a terminal would obey it."""
    return {name: _visible(value) if isinstance(value, str) else value for name, value in line.items()}


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _json(value: Any, **_: Any) -> str:
    return msgspec.json.encode(value, enc_hook=repr).decode()


def _is_news(record: logging.LogRecord) -> bool:
    return record.getMessage() not in _SAID_ELSEWHERE
