"""The socket to listen at: one server gets it, and the other is told why not."""

import socket

import pytest

from tertulia.cli.listening import listen, url_of
from tertulia.domain.errors import StartupError


def test_of_two_servers_at_one_port_one_gets_it() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(StartupError, match=rf"Port {port} of 127\.0\.0\.1 is in use.*--port"):
            listen("127.0.0.1", port)
    listen("127.0.0.1", port).close()


def test_any_free_port_can_be_asked_for() -> None:
    with listen("127.0.0.1", 0) as listener:
        host, port = listener.getsockname()
        assert url_of(listener) == f"http://{host}:{port}"


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_ipv6_address_is_in_brackets() -> None:
    try:
        listener = listen("::1", 0)
    except StartupError:
        pytest.skip("this machine has no IPv6 loopback")
    with listener:
        assert url_of(listener) == f"http://[::1]:{listener.getsockname()[1]}"


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_refused_in_a_sentence(host: str) -> None:
    with pytest.raises(StartupError, match=host):
        listen(host, 0)
