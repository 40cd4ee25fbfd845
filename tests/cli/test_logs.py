"""Log lines: one shape for ours and for those of libraries, and never a value out of a traceback."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from tertulia.server.logs import LogFormat, configure_logs

CANARY = "what-a-person-wrote"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the lines go; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def fail(words: str) -> None:
    raise ValueError("it broke")


def test_a_line_is_json_with_its_fields(stream: io.StringIO) -> None:
    configure_logs("info", "json", stream=stream)
    structlog.get_logger().info("turn.started", turn_id="t1", n=1)
    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"], line["turn_id"], line["n"]) == ("turn.started", "info", "t1", 1)
    assert line["timestamp"].endswith("Z")


def test_what_is_bound_to_a_request_is_on_its_lines(stream: io.StringIO) -> None:
    configure_logs("info", "json", stream=stream)
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger().info("inside")
        logging.getLogger("library").warning("of %s", "a library")
    structlog.get_logger().info("outside")
    inside, library, outside = map(json.loads, stream.getvalue().splitlines())
    assert (inside["request_id"], "request_id" in outside) == ("r1", False)
    assert (library["event"], library["level"], library["logger"]) == ("of a library", "warning", "library")


def test_lines_below_the_level_are_not_written(stream: io.StringIO) -> None:
    configure_logs("warning", "json", stream=stream)
    structlog.get_logger().info("no")
    logging.getLogger("uvicorn.error").info("no")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_shows_code_and_no_values(stream: io.StringIO, log_format: LogFormat) -> None:
    configure_logs("info", log_format, stream=stream)
    try:
        fail(CANARY)
    except ValueError:
        structlog.get_logger().exception("ours")
        logging.getLogger("library").exception("theirs")
    text = stream.getvalue()
    assert text.count("ValueError: it broke") == 2
    assert text.count("raise ValueError(") == 2
    assert CANARY not in text


def test_what_a_stranger_wrote_steers_no_terminal(stream: io.StringIO) -> None:
    configure_logs("info", "console", stream=stream)
    path = "/\x1b]0;mine\x07\x9b2J\u202e\n/é"
    structlog.get_logger().info("request", path=path)
    logging.getLogger("library").warning("at %s", path)
    text = stream.getvalue()
    assert [each for each in text if not each.isprintable() and each != "\n"] == []
    assert (text.count("\n"), text.count("mine"), text.count("é")) == (2, 2, 2)


def test_out_of_a_terminal_lines_are_json_unless_told_otherwise(stream: io.StringIO) -> None:
    configure_logs("info", "auto", stream=stream)
    structlog.get_logger().info("one")
    configure_logs("info", "console", stream=stream)
    structlog.get_logger().info("two")
    one, two = stream.getvalue().splitlines()
    assert json.loads(one)["event"] == "one"
    assert "[info     ] two" in two


def test_lines_go_to_stderr_and_leave_stdout_alone(stream: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json")
    structlog.get_logger().info("one")
    out, err = capsys.readouterr()
    assert (out, "one" in err) == ("", True)
    assert stream.getvalue() == ""


def test_a_value_that_json_does_not_know_is_written_as_its_repr(stream: io.StringIO) -> None:
    configure_logs("info", "json", stream=stream)
    structlog.get_logger().info("one", what=sys)
    assert json.loads(stream.getvalue())["what"] == repr(sys)
