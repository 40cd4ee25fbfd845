"""What tests of security share with those of the server: sites, and their logs."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.server.conftest import log, open_, site

__all__ = ["log", "open_", "site"]


@pytest.fixture
def log_stream() -> Iterator[io.StringIO]:
    """Where a test lets the log go as an operator has it; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
