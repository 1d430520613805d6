"""Connections of clients that read nothing are closed at once, and no other one; what cannot be
read is refused.
"""

import asyncio
import socket

import pytest

from opale.kernel.asgi import ClientGone, Message, drop_connection, has_left, refuse

PATIENCE = 30


def accept(listener: socket.socket) -> tuple[socket.socket, tuple[str, int]]:
    return listener.accept()


def is_closed(client: socket.socket) -> bool:
    """Read until the other side has closed; errors: TimeoutError."""
    try:
        while client.recv(1024):
            pass
    except ConnectionError:
        return True
    return True


@pytest.mark.parametrize("port_as", [int, str])
def test_a_dropped_client_is_reset_and_the_others_go_on(port_as: type) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        with socket.create_connection(address) as slow, socket.create_connection(address) as other:
            held = {client: connection for connection, client in map(accept, [listener] * 2)}
            for one in held.values():
                one.sendall(b"beginning")
            host, port = slow.getsockname()
            drop_connection({"client": (host, port_as(port))})
            for client in (slow, other):
                client.settimeout(PATIENCE)
            assert is_closed(slow)
            with held[slow.getsockname()], held[other.getsockname()] as alive:
                assert other.recv(1024) == b"beginning"
                alive.sendall(b"end")
                assert other.recv(1024) == b"end"


def test_a_connection_without_address_is_left_alone() -> None:
    drop_connection({"client": None})


@pytest.mark.parametrize(
    ("told", "left"),
    [
        (["http.disconnect"], True),
        (["http.request", "http.disconnect"], True),
        (["http.request", "http.request", "http.request"], False),
    ],
)
def test_who_leaves_is_known_where_it_can_be(told: list[str], left: bool) -> None:
    async def story() -> None:
        messages = iter(told)

        async def receive() -> Message:
            return {"type": next(messages)}

        assert await has_left(receive) is left

    asyncio.run(story())


@pytest.mark.parametrize("gone", [False, True])
def test_a_body_that_the_web_server_cannot_read_is_a_bad_request(gone: bool) -> None:
    """The server says the same of a broken body and of a client that left."""
    told: list[Message] = []

    async def send(message: Message) -> None:
        if gone:
            raise ConnectionResetError
        told.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    asyncio.run(refuse(send, ClientGone(), receive))
    assert [message.get("status") for message in told] == ([] if gone else [400, None])
