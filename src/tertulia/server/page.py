"""The web page: files of the package `tertulia_web`, which the build makes and the wheel carries.

Every path that is no file is the page itself: it finds its way by the URL. Hashed files may be cached for ever, the
page never; both go out as they were compressed at build time, if the browser takes it.

Nobody may put the page in a frame, but for what is made for it: `/embed/…`, for pages of this server and of the origins
that are set. Its script is everybody's: it says nothing of this server. Diagrams are drawn in a frame of the page's own
(decision 0034), which has no origin, and in which one script runs that can reach nothing.
"""

import hashlib
import importlib.util
import mimetypes
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency as Given
from litestar.exceptions import NotFoundException

from tertulia.server.auth import NOTHING

NONCE = b"__CSP_NONCE__"
IMMUTABLE = "public, max-age=31536000, immutable"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
HIDDEN = (".py", ".pyc", ".br", ".gz")
"""Files of the package that are no files of the page, or are a file of it in another encoding."""
TYPES = mimetypes.MimeTypes()
"""What the standard library knows, not what this machine's registry says, which may be wrong."""
TYPES.add_type("font/woff2", ".woff2")
EMBED = "/embed/"
EMBED_SCRIPT = "/embed.js"
"""Pages of others name it, so its name stays while it changes."""
DIAGRAM = "/diagram.html"
PAINTER = "/assets/painter-"
"""The script in it; its name goes on with its hash."""
FOR_OTHERS = {
    "cache-control": "public, max-age=3600",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
FOR_NO_ORIGIN = {"cross-origin-resource-policy": "cross-origin"}
"""To a frame without an origin everything is of another one."""
UNSEEN = {"x-robots-tag": "noindex, nofollow"}
"""Of pages that only links lead to: no search engine keeps them."""
MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Tertulia</title>
<body><h1>Tertulia runs, without its page</h1>
<p>The API is at <a href="/v1/openapi.json">/v1/openapi.json</a>. This installation was made with TERTULIA_SKIP_WEB;
install it again without that variable, or run <code>make serve</code>, and the page is here.</p></body></html>"""


class Asset(NamedTuple):
    """A file of the page in one encoding."""

    body: bytes
    media_type: str
    encoding: str | None
    cache: str


class Page:
    """Serves the files that are there when it is made, and no other path; reads each once."""

    def __init__(self, root: Path | None, embedders: Sequence[str] = ()) -> None:
        """`embedders`: the origins whose pages may frame `/embed/…`."""
        self._embedders = " ".join(sorted({origin.lower() for origin in embedders}))
        self._files = _files_in(root) if root else {}
        self._read: dict[str, Asset] = {}
        self._index = (root / "index.html").read_bytes() if root else None

    @property
    def build(self) -> str:
        """What tells this page from any other one, `none` where there is none: it names all its files by their hash."""
        return hashlib.sha256(self._index).hexdigest()[:8] if self._index else "none"

    @property
    def is_built(self) -> bool:
        return self._index is not None

    def respond(self, path: str, accept_encoding: str) -> Response[Any]:
        """Answer a GET of a path."""
        if path == DIAGRAM and DIAGRAM[1:] in self._files:
            return self._respond_with_frame()
        asset = self._asset(path.strip("/"), accept_encoding)
        if asset is None:
            if "." in path.rsplit("/", 1)[-1] and path != "/index.html":
                raise NotFoundException
            if path.startswith(EMBED):
                return self._respond_embedded()
            return self._respond_with_page(UNSEEN if path.startswith("/share/") else {})
        headers = {"cache-control": asset.cache, "vary": "Accept-Encoding"}
        if path == EMBED_SCRIPT:
            headers |= FOR_OTHERS
        if path.startswith(PAINTER):
            headers |= FOR_NO_ORIGIN
        if asset.encoding:
            headers["content-encoding"] = asset.encoding
        return Response(asset.body, media_type=asset.media_type, headers=headers)

    def _respond_with_page(self, more: dict[str, str], *, ancestors: str = "'none'", head: str = "") -> Response[Any]:
        if self._index is None:
            return Response(MISSING, media_type=MediaType.HTML, headers={"cache-control": "no-cache", **more})
        nonce = secrets.token_urlsafe(16)
        headers = {"cache-control": "no-cache", "content-security-policy": _policy(nonce, ancestors), **more}
        body = self._index.replace(NONCE, nonce.encode())
        if head:
            body = body.replace(b"</head>", f"{head}</head>".encode(), 1)
        return Response(body, media_type="text/html", headers=headers)

    def _respond_embedded(self) -> Response[Any]:
        """Answer with the page for a frame; it is told whose frame it may be in, and so whom it may listen to."""
        told = f'<meta name="tertulia-embedders" content="{self._embedders}">'
        return self._respond_with_page(self._framed, ancestors=self._ancestors, head=told)

    def _respond_with_frame(self) -> Response[Any]:
        """Answer with the frame that draws diagrams, which may be within any frame that the page may be in."""
        nonce = secrets.token_urlsafe(16)
        body = self._load(DIAGRAM[1:], None, "").body.replace(NONCE, nonce.encode())
        policy = f"{_frame_policy(nonce)}; frame-ancestors {self._ancestors}"
        headers = {"cache-control": "no-cache", "content-security-policy": policy, **self._framed}
        return Response(body, media_type="text/html", headers=headers)

    @property
    def _ancestors(self) -> str:
        return f"'self' {self._embedders}".strip()

    @property
    def _framed(self) -> dict[str, str]:
        return UNSEEN if self._embedders else {**UNSEEN, "x-frame-options": "SAMEORIGIN"}

    def _asset(self, path: str, accept_encoding: str) -> Asset | None:
        if path not in self._files or path == "index.html" or path.endswith(HIDDEN):
            return None
        accepted = _accepted(accept_encoding)
        for encoding, suffix in ENCODINGS:
            if encoding in accepted and path + suffix in self._files:
                return self._load(path, encoding, suffix)
        return self._load(path, None, "")

    def _load(self, path: str, encoding: str | None, suffix: str) -> Asset:
        name = path + suffix
        if name not in self._read:
            media_type = TYPES.guess_type(path)[0] or "application/octet-stream"
            cache = IMMUTABLE if path.startswith("assets/") else "no-cache"
            self._read[name] = Asset(self._files[name].read_bytes(), media_type, encoding, cache)
        return self._read[name]


def find_page(embedders: Sequence[str] = ()) -> Page:
    """Find the page that is installed, if it is; pages of `embedders` may frame what is made for that."""
    spec = importlib.util.find_spec("tertulia_web")
    places = list(spec.submodule_search_locations or []) if spec else []
    root = next((Path(place) for place in places if (Path(place) / "index.html").is_file()), None)
    return Page(root, embedders)


@get(["/", "/{path:path}"], include_in_schema=False, opt=NOTHING)
async def serve_page(request: Request[Any, Any, Any], page: Given[Page]) -> Response[Any]:
    """Serve the page and its files."""
    path = request.scope["path"]
    if path.startswith("/v1/") or path == "/v1":
        raise NotFoundException
    return page.respond(path, request.headers.get("accept-encoding", ""))


def is_everybodys(path: str) -> bool:
    """Tell whether a page of any origin may fetch what is there, and a frame without one."""
    return path == EMBED_SCRIPT or path.startswith(PAINTER)


def _files_in(root: Path) -> dict[str, Path]:
    return {file.relative_to(root).as_posix(): file for file in root.rglob("*") if file.is_file()}


def _accepted(accept_encoding: str) -> set[str]:
    """Read which encodings a browser takes: `br, gzip;q=0` takes br alone."""
    offers = (offer.replace(" ", "").lower().partition(";q=") for offer in accept_encoding.split(","))
    return {name for name, _, weight in offers if weight.strip("0.") or not weight}


def _policy(nonce: str, ancestors: str) -> str:
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; frame-src 'self'; "
        f"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )


def _frame_policy(nonce: str) -> str:
    """Diagrams are drawn with styles in their elements; there is nothing else that they could need."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'; sandbox allow-scripts"
    )
