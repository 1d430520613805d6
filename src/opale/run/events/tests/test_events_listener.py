"""The listener over a real socket, and a real Alertmanager that posts to it."""

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from pytest_django.plugin import DjangoDbBlocker
from tests import alertmanagers
from tests.serving import Server, cut, eventually, serving

from opale.kernel.clock import now
from opale.run.events.actions import integrations
from opale.run.events.models import Alert, Event, Integration, UnreadableDelivery
from opale.run.events.tests.builders import MAKER

pytestmark = pytest.mark.xdist_group("events-listener")


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving(OPALE_INGEST_QUEUE_LIMIT="50") as served:
        yield served


@pytest.fixture
def source(server: Server) -> tuple[Integration, str]:
    name = f"at {time.monotonic_ns()}"
    integration, key = integrations.create_integration(name=name, format="alertmanager", by=MAKER)
    return integration, f"/ingest/alertmanager/{key}"


def webhook(*identities: str, status: str = "firing", **labels: str) -> dict[str, Any]:
    moment = now().isoformat().replace("+00:00", "Z")
    return {
        "version": "4",
        "alerts": [
            {
                "status": status,
                "labels": {"alertname": identity, **labels},
                "annotations": {},
                "startsAt": moment,
                "endsAt": moment if status == "resolved" else "0001-01-01T00:00:00Z",
                "fingerprint": identity,
            }
            for identity in identities
        ],
    }


def test_success_means_that_it_is_written(server: Server, source: tuple[Integration, str]) -> None:
    integration, path = source
    assert server.post_json(path, webhook("a", "b")) == 200
    assert Alert.objects.filter(integration=integration).count() == 2
    assert Event.objects.filter(integration_id=integration.pk).count() == 2


def test_the_key_may_come_as_a_bearer_token(
    server: Server, source: tuple[Integration, str]
) -> None:
    _integration, path = source
    root, _, key = path.rpartition("/")
    body = json.dumps(webhook("a"))
    assert server.ask("POST", root, body, Authorization=f"Bearer {key}")[0] == 200


def test_a_packed_delivery_is_read(server: Server, source: tuple[Integration, str]) -> None:
    integration, path = source
    body = gzip.compress(json.dumps(webhook("packed")).encode())
    assert server.ask("POST", path, body, Content_Encoding="gzip")[0] == 200
    assert Alert.objects.get(integration=integration).identity == "packed"
    bomb = gzip.compress(bytes(settings.BODY_LIMIT + 1))
    assert server.ask("POST", path, bomb, Content_Encoding="gzip")[0] == 413
    assert server.ask("POST", path, b"nothing", Content_Encoding="gzip")[0] == 400


def test_unreadable_deliveries_are_kept_aside_and_block_nothing(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, path = source
    status, body, _ = server.ask("POST", path, b"\x00nope")
    assert (status, json.loads(body)["code"]) == (400, "unreadable")
    assert server.post_json(path, webhook("a")) == 200
    assert UnreadableDelivery.objects.get(integration=integration).size_bytes == 5


def test_who_has_no_key_is_refused(server: Server, source: tuple[Integration, str]) -> None:
    _integration, path = source
    assert server.post_json("/ingest/alertmanager/guess", webhook("a")) == 401
    assert server.post_json("/ingest/alertmanager/", webhook("a")) == 401
    assert server.post_json(path.replace("alertmanager", "nagios"), webhook("a")) == 401
    assert server.ask("GET", path)[0] == 405


def test_an_ended_key_is_refused_within_seconds(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, path = source
    assert server.post_json(path, webhook("a")) == 200
    integrations.expire_key(integration.keys.get(), by=MAKER, at=now())
    assert eventually(lambda: server.post_json(path, webhook("a")) == 401, 5)


def test_a_body_that_is_too_large_is_refused(
    server: Server, source: tuple[Integration, str]
) -> None:
    announced = str(settings.BODY_LIMIT + 1)
    assert server.ask("POST", source[1], b"", Content_Length=announced)[0] == 413


def test_after_the_database_came_back_everything_goes_on(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, path = source
    assert server.post_json(path, webhook("before")) == 200
    assert cut("true") >= 1
    assert eventually(lambda: server.post_json(path, webhook("after")) == 200, 10)
    from_a_new_connection = eventually(lambda: _identities(integration))
    assert from_a_new_connection == {"before", "after"}


def _identities(integration: Integration) -> set[str]:
    try:
        return set(Alert.objects.filter(integration=integration).values_list("identity", flat=True))
    except OperationalError:
        connection.close()
        return set()


@pytest.fixture
def alertmanager(server: Server, source: tuple[Integration, str], tmp_path: Path) -> Iterator[str]:
    """A real one that posts to this integration; its own address."""
    url = f"http://127.0.0.1:{server.port}{source[1]}"
    with alertmanagers.alertmanager(tmp_path, f"webhook_configs: [{{url: '{url}'}}]") as address:
        yield address


def _tell(address: str, *, over: bool = False, **labels: str) -> None:
    said = {} if over else {"summary": "Link down", "description": "Two minutes."}
    labels |= {"alertname": "LinkDown", "severity": "critical"}
    alertmanagers.tell(address, over=over, annotations=said, **labels)


@alertmanagers.NEEDS_ALERTMANAGER
def test_a_real_alertmanager_raises_and_clears_an_alert(
    alertmanager: str, source: tuple[Integration, str]
) -> None:
    integration, _path = source
    alerts = Alert.objects.filter(integration=integration)
    _tell(alertmanager, instance="rt-1")
    raised = eventually(alerts.first)
    assert raised is not None
    assert (raised.state, raised.severity_code, raised.title) == ("open", "critical", "Link down")
    _tell(alertmanager, over=True, instance="rt-1")
    cleared = eventually(alerts.filter(state="cleared").first)
    assert cleared is not None
    assert cleared.pk == raised.pk
    assert (cleared.title, cleared.text) == ("Link down", "Two minutes.")
    assert cleared.labels["instance"] == "rt-1"
    events = Event.objects.filter(integration_id=integration.pk).order_by("id")
    assert [event.firing for event in events] == [True, False]
    assert events[0].raw["delivery"]["receiver"] == "opale"
