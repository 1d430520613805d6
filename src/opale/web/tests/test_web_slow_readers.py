"""Clients that read nothing of long answers, on a real server: everybody else goes on."""

import socket
from contextlib import ExitStack

import pytest
from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker
from tests.personas import MAKER, make_personas
from tests.serving import eventually, serving

from opale.run.desk.actions.attachments import attach_file
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Kind, Source
from opale.web.tests.test_web_live import session_of

pytestmark = pytest.mark.xdist_group("web-slow-readers")
BYTES = 12 << 20


def test_slow_readers_hold_no_thread(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock(), serving() as server, ExitStack() as opened:
        house = make_personas()
        new = NewTicket(
            subject="Trace",
            source=Source.MAIL,
            kind=Kind.INCIDENT,
            customer=house.customer,
            contact=house.contact,
        )
        ticket = receive_ticket(new, by=MAKER)
        file = attach_file(ticket, "trace.bin", [bytes(BYTES)], by=house.actor("desk_agent"))
        path = f"/api/v1/tickets/{ticket.number}/attachments/{file.pk}/content"
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_of(house, 'desk_agent')}"
        for _number in range(2 * settings.WEB_THREADS):
            slow = opened.enter_context(socket.socket())
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect(("127.0.0.1", server.port))
            head = ("GET " + path + " HTTP/1.1", "Host: localhost", f"Cookie: {cookie}", "", "")
            slow.sendall("\r\n".join(head).encode())
        first = slow.recv(64)
        assert b" 200 " in first
        assert eventually(lambda: server.ask("GET", "/account/login/")[0] == 200)
        with socket.create_connection(("127.0.0.1", server.port)) as broken:
            begun = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\n"
            broken.sendall(begun + b"Transfer-Encoding: chunked\r\n\r\nno length\r\n")
            assert b" 400 " in broken.recv(64), "a body that nobody can read"
        status, body, _headers = server.ask("GET", path, Cookie=cookie)
        assert (status, len(body)) == (200, BYTES), "and whoever reads gets all of it"
