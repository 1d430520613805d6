"""A server that is asked to stop does not wait for streams that never end."""

import http.client

from django.conf import settings
from pytest_django.plugin import DjangoDbBlocker
from tests.personas import make_personas
from tests.serving import PATIENCE, EventStream, serving


def test_a_server_with_open_streams_stops_at_once(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock(), serving() as server:
        client = make_personas().client("desk_agent")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        idle = http.client.HTTPConnection("127.0.0.1", server.port)
        idle.request("GET", "/healthz")
        assert idle.getresponse().read()
        streams = [EventStream(server, session) for _ in range(3)]
        assert server.stop() < PATIENCE / 2
        idle.close()
        assert [stream.next() for stream in streams] == [("", {})] * 3
