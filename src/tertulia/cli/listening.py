"""The socket that the server listens at, or a sentence that says why there is none."""

import errno
import os
import socket

from tertulia.domain.errors import StartupError

BACKLOG = 2048
MOST_UNSENT = 131_072
"""Bytes that the system takes for a client before they can be sent; left alone it takes megabytes of those that wait
for a client that does not read."""


def listen(host: str, port: int) -> socket.socket:
    """Take the address now, so that of two servers that start at once one gets it. Raises StartupError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise StartupError(f'The address "{host}" is not one of this machine: {error.strerror}.') from error
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):  # what is set here, every connection inherits
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, MOST_UNSENT)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise StartupError(_why_not(host, port, error)) from error
    listener.setblocking(False)
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the address of a listening socket as people type it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _why_not(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Port {port} of {host} is in use, perhaps by another Tertulia: `tertulia doctor` tells. "
                "Stop that program, or take another port with --port."
            )
        case errno.EACCES:
            return f"Port {port} may not be used without special rights. Take one above 1023 with --port."
        case _:
            return f"Tertulia cannot listen at port {port} of {host}: {error.strerror}."
