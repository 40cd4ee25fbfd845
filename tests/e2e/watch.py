"""What no visit may do: ask another host, break the content security policy, complain in the console, throw.

It listens from before the first byte to after the last; the fixtures ask `findings` at the end of every test.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Request, WebError

CUT = ["net::ERR_CONNECTION_REFUSED", "net::ERR_INCOMPLETE_CHUNKED_ENCODING", "net::ERR_CONNECTION_RESET"]
"""What a browser says when its server ends, or is killed."""

REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (violation) =>
  reportViolation(`${violation.violatedDirective} blocked ${violation.blockedURI} on ${violation.documentURI}`))
"""


@dataclass
class Watch:
    """Everything that is wrong with one visit, but for console errors that the test `expects`."""

    origin: str
    expects: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    async def over(self, context: BrowserContext) -> None:
        """Watch all pages that a context opens."""
        context.on("request", self._requested)
        context.on("console", self._logged)
        context.on("weberror", self._threw)
        await context.expose_binding("reportViolation", self._violated)
        await context.add_init_script(REPORT_VIOLATIONS)

    def _requested(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.findings.append(f"asked another host: {request.method} {request.url}")

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(words in message.text for words in self.expects):
            self.findings.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _threw(self, error: WebError) -> None:
        self.findings.append(f"not caught: {error.error}")

    def _violated(self, _source: Any, violation: str) -> None:
        self.findings.append(f"policy: {violation}")
