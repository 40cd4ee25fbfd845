"""Where a server is: the `base_url` that a client is given."""

from urllib.parse import urlsplit

DEFAULT_URL = "http://127.0.0.1:8321"


class Address:
    """A server's address; what stands in its path goes before every path of ours, as behind some proxies."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"base_url is an address such as {DEFAULT_URL}, not {base_url!r}")
        self.is_secure = parts.scheme == "https"
        self.host = parts.hostname
        self.port = parts.port
        self.prefix = parts.path

    def __str__(self) -> str:
        return self.base_url

    def url_of(self, target: str) -> str:
        """Return the whole address of a target."""
        return self.base_url + target
