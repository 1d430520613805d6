"""Telephone systems post over a real socket, as they do to Zammad and as sipgate does."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import OperationalError, connection
from pytest_django.plugin import DjangoDbBlocker
from tests.serving import Server, cut, eventually, serving

from opale.connectors import cti
from opale.kernel.actor import EVERYTHING, Actor
from opale.run.events.actions.integrations import create_integration
from opale.run.events.models import Integration, UnreadableDelivery
from opale.run.telephone.models import Call

pytestmark = pytest.mark.xdist_group("cti-listener")

FIXTURES = Path(cti.__file__).parent / "fixtures"
MAKER = Actor("person", "user:1", "Ana", {"events.administer": EVERYTHING})
FORM = {"Content_Type": "application/x-www-form-urlencoded"}
JSON = {"Content_Type": "application/json"}


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


@pytest.fixture
def address(server: Server, request: pytest.FixtureRequest) -> str:
    _integration, key = create_integration(name=request.node.name, format="cti", by=MAKER)
    return f"/ingest/cti/{key}"


def body(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def test_a_call_is_kept_before_its_sender_is_told(server: Server, address: str) -> None:
    for name in ("zammad_new_call.json", "zammad_answer.json", "zammad_hangup.json"):
        status, told, _headers = server.ask("POST", address, body(name), **JSON)
        assert (status, told) == (200, b"{}")
    call = Call.objects.get(external_id="pbx-1")
    assert (call.state, call.number_e164) == ("ended", "+33199001122")


def test_sipgate_is_told_where_to_push_on(server: Server, address: str) -> None:
    status, told, headers = server.ask("POST", address, body("sipgate_new_call.form"), **FORM)
    assert (status, headers["content-type"]) == (200, "application/xml")
    assert f'onAnswer="http://localhost:8000{address}/sipgate"'.encode() in told
    pushed = f"{address}/sipgate"
    assert server.ask("POST", pushed, body("sipgate_dtmf.form"), **FORM)[0] == 200
    status, _told, headers = server.ask("POST", pushed, body("sipgate_hangup.form"), **FORM)
    assert (status, headers["content-type"]) == (200, "application/xml")
    assert Call.objects.get(external_id="c0ffee7418").state == "missed"


def test_what_cannot_be_read_is_kept_aside(server: Server, address: str) -> None:
    status, told, _headers = server.ask("POST", address, b"event=ring&callId=1", **FORM)
    assert (status, b"event: ring" in told) == (400, True)
    kept = UnreadableDelivery.objects.order_by("-id").first()
    assert kept is not None
    assert (bytes(kept.body), kept.reason[:11]) == (b"event=ring&callId=1", "event: ring")


def test_who_has_no_key_is_refused(server: Server, address: str) -> None:
    assert server.ask("POST", "/ingest/cti/guess", b"event=newCall", **FORM)[0] == 401
    other = address.replace("/cti/", "/alertmanager/")
    assert server.ask("POST", other, b"{}", **JSON)[0] == 401


def test_the_use_of_a_key_is_noted(server: Server, address: str) -> None:
    said = urlencode({"event": "newCall", "callId": "k1", "direction": "out"})
    assert server.ask("POST", address, said, **FORM)[0] == 200
    integration = Integration.objects.order_by("-id").first()
    assert integration is not None
    assert integration.keys.get().last_used_at is not None


def test_after_the_database_came_back_calls_go_on(server: Server, address: str) -> None:
    def ring(call_id: str) -> int:
        said = urlencode({"event": "newCall", "callId": call_id, "direction": "in"})
        return server.ask("POST", address, said, **FORM)[0]

    assert ring("before") == 200
    assert cut("true") >= 1
    assert eventually(lambda: ring("after") == 200, 10)
    assert eventually(lambda: _kept("after"))


def _kept(call_id: str) -> bool:
    try:
        return Call.objects.filter(external_id=call_id).exists()
    except OperationalError:
        connection.close()  # it was cut too
        return False
