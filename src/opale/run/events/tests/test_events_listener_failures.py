"""What goes wrong around the listener, over a real socket: nothing acknowledged is lost."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from conftest import DATABASE, SERVER
from pytest_django.plugin import DjangoDbBlocker
from tests.serving import Server, eventually, serving

from opale.kernel.clock import now
from opale.run.events.actions import integrations
from opale.run.events.models import Alert, Event, Integration, UnreadableDelivery
from opale.run.events.tests.builders import MAKER
from opale.run.events.tests.test_events_listener import webhook

pytestmark = pytest.mark.xdist_group("events-hardship")


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


@pytest.fixture
def source(server: Server) -> tuple[Integration, str]:
    name = f"hard {time.monotonic_ns()}"
    integration, key = integrations.create_integration(name=name, format="alertmanager", by=MAKER)
    return integration, f"/ingest/alertmanager/{key}"


FULL = """
    CREATE FUNCTION test_disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
    END $$;
    CREATE TRIGGER test_disk_full BEFORE INSERT ON {table} FOR EACH ROW
    EXECUTE FUNCTION test_disk_full();
"""


@contextmanager
def disk_full(table: str) -> Iterator[None]:
    """PostgreSQL answers as it does when a file of this table cannot grow."""
    with psycopg.connect(SERVER, dbname=DATABASE, autocommit=True) as admin:
        admin.execute(FULL.format(table=table).encode())
        try:
            yield
        finally:
            admin.execute(f"DROP TRIGGER test_disk_full ON {table}".encode())
            admin.execute("DROP FUNCTION test_disk_full()")


def identities(integration: Integration) -> set[str]:
    return set(Alert.objects.filter(integration=integration).values_list("identity", flat=True))


@pytest.mark.parametrize("table", ["events_event", "events_alert", "kernel_fact"])
def test_on_a_full_disk_the_sender_is_told_to_come_back_and_nothing_acknowledged_is_lost(
    server: Server, source: tuple[Integration, str], table: str
) -> None:
    integration, path = source
    acknowledged = set()
    assert server.post_json(path, webhook("before")) == 200
    acknowledged.add("before")
    with disk_full(table):
        for number in range(3):
            status, body, headers = server.ask("POST", path, json.dumps(webhook(f"full-{number}")))
            assert (status, json.loads(body)["code"]) == (503, "unavailable")
            assert int(headers["retry-after"]) > 0
        assert identities(integration) == acknowledged
    assert not UnreadableDelivery.objects.filter(integration=integration).exists()
    for number in range(3):
        assert server.post_json(path, webhook(f"full-{number}")) == 200
        acknowledged.add(f"full-{number}")
    assert identities(integration) == acknowledged
    assert Event.objects.filter(integration_id=integration.pk).count() == len(acknowledged)


def test_a_key_that_ends_while_its_delivery_is_under_way_loses_nothing_acknowledged(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, path = source
    body = json.dumps(webhook("under-way")).encode()
    asked = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    asked.putrequest("POST", path)
    asked.putheader("Content-Length", str(len(body)))
    asked.endheaders()
    asked.send(body[:20])
    integrations.expire_key(integration.keys.get(), by=MAKER, at=now())
    refused = eventually(lambda: server.post_json(path, webhook("later")) == 401, 5)
    asked.send(body[20:])
    status = asked.getresponse().status
    asked.close()
    assert refused
    assert (status == 200) is ("under-way" in identities(integration))
    assert status in {200, 401}


def test_a_severity_that_nobody_knows_is_no_reason_to_lose_an_alert(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, path = source
    assert server.post_json(path, webhook("odd", severity="catastrophic-ish")) == 200
    alert = Alert.objects.get(integration=integration)
    assert alert.labels["severity"] == "catastrophic-ish"
    assert alert.severity_code in {"warning", "minor", "major"}


def test_large_labels_and_very_many_of_them_are_kept(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, path = source
    many = {f"label_{number}": f"value {number}" for number in range(10_000)}
    assert server.post_json(path, webhook("many", **many)) == 200
    assert server.post_json(path, webhook("large", host="é" * 32_768)) == 200
    by_identity = {alert.identity: alert for alert in Alert.objects.filter(integration=integration)}
    assert len(by_identity["many"].labels) == 10_001
    assert by_identity["large"].labels["host"] == "é" * 32_768


def test_a_body_of_five_megabytes_is_read_while_others_are_served(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, path = source
    names = [f"n{number:05d}" for number in range(10_000)]
    body = json.dumps(webhook(*names, note="x" * 320))
    assert len(body) > 5_000_000
    assert server.ask("POST", path, body)[0] == 200
    assert identities(integration) == set(names)
    assert Event.objects.filter(integration_id=integration.pk).count() == len(names)


@pytest.mark.parametrize(
    "body",
    [
        b'{"alerts": [{"labels": {"alertname": "\xff\xfe"}}]}',
        b"\xef\xbb\xbf{",
        b'{"alerts": [{"status": "firing", "labels": {"alertname": "\\ud800"}}]}',
    ],
)
def test_what_is_no_text_is_kept_aside(
    server: Server, source: tuple[Integration, str], body: bytes
) -> None:
    integration, path = source
    assert server.ask("POST", path, body)[0] == 400
    assert UnreadableDelivery.objects.filter(integration=integration).exists()
    assert server.post_json(path, webhook("after")) == 200


def brought(server: Server, path: str, *identities: str) -> tuple[int, dict[str, str]]:
    status, _body, headers = server.ask("POST", path, json.dumps(webhook(*identities)))
    return status, headers


def test_a_key_that_brings_too_much_is_told_when_to_come_back(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, path = source
    integrations.set_rate_limit(integration, 60, by=MAKER)
    names = [f"n{number}" for number in range(60)]
    assert brought(server, path, *names)[0] == 200
    status, headers = brought(server, path, "late")
    assert status == 429
    assert 1 <= int(headers["retry-after"]) <= 2
    assert identities(integration) == set(names)
    body: Any = json.loads(server.ask("POST", path, json.dumps(webhook("late")))[1])
    assert body["code"] == "too_many"
    assert eventually(lambda: brought(server, path, "late")[0] == 200, 10)
    integrations.set_rate_limit(integration, None, by=MAKER)
    assert eventually(lambda: brought(server, path, *names, *names)[0] == 200, 10)


def test_what_was_not_kept_does_not_count_against_the_limit(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, path = source
    integrations.set_rate_limit(integration, 1, by=MAKER)
    with disk_full("events_event"):
        assert brought(server, path, "a")[0] == 503
    assert brought(server, path, "a")[0] == 200
    assert brought(server, path, "a")[0] == 429
