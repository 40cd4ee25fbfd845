"""A wire to PostgreSQL that is cut at a commit: before the server hears of it, or before we hear of its answer."""

import socket
import threading
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

Cut = Literal["before", "after"]


class Cutter:
    """Passes bytes on in both ways; `cut` says at which side of the next commit it ends the connection, once."""

    def __init__(self, server_url: str) -> None:
        parts = urlsplit(server_url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}").geturl()
        self.cut: Cut | None = None
        self.was_cut = threading.Event()
        self.is_down = False
        """Whether a cut is the end of all connections, and new ones are refused."""
        self.asked = 0
        """How often a client has asked something: as often it waits for the way there and back."""
        self._all: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.is_down and self.cut is None:
                client.close()
                continue
            server = socket.create_connection(self._server)
            self._all += [client, server]
            is_new = threading.Event()
            is_new.set()
            answers = threading.Thread(target=_pass_on, args=(server, client, is_new), daemon=True)
            threading.Thread(target=self._ask, args=(client, server, answers, is_new), daemon=True).start()

    def _ask(
        self, client: socket.socket, server: socket.socket, answers: threading.Thread, is_new: threading.Event
    ) -> None:
        """Pass on what a client asks; `is_new` is set when what was asked before has been answered."""
        answers.start()
        with client, server:
            while data := _received(client):
                self.asked += is_new.is_set()  # else it is the rest of something that came in pieces
                is_new.clear()
                if self.cut is not None and b"COMMIT\0" in data:
                    self._cut(client, server, data)
                    break
                server.sendall(data)
        answers.join()

    def _cut(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        side, self.cut = self.cut, None
        client.shutdown(socket.SHUT_RDWR)  # whatever the server says from here on is not heard
        if side == "after":
            server.sendall(data)
            server.shutdown(socket.SHUT_WR)  # it reads what came before: the commit is done
        else:
            server.shutdown(socket.SHUT_RDWR)
        if self.is_down:
            for each in self._all:
                with suppress(OSError):  # it has ended already
                    each.shutdown(socket.SHUT_RDWR if each is not server or side == "before" else socket.SHUT_WR)
        self.was_cut.set()


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(65536)
    except OSError:
        return b""


def _pass_on(source: socket.socket, target: socket.socket, is_new: threading.Event) -> None:
    while data := _received(source):
        is_new.set()
        try:
            target.sendall(data)
        except OSError:
            continue  # read on: the server shall not notice that nobody listens
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
