"""Ports for servers that are told theirs: those that the kernel gives to nobody who asks for just any.

So one that is stopped finds its port free when it is started again, whatever other tests run beside it.
"""

import random
import socket

CHOICE = range(15_000, 32_000)
"""Below what Linux, macOS and the IANA hand out (from 32768 or 49152 on)."""


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    while True:
        port = random.choice(CHOICE)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
