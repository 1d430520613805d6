"""The listener over a real socket, and a real Alertmanager that posts to it."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from pytest_django.plugin import DjangoDbBlocker
from tests.serving import Server, cut, eventually, free_port, serving

from opale.kernel.clock import now
from opale.run.events import actions
from opale.run.events.models import Alert, Event, Integration, UnreadableDelivery
from opale.run.events.tests.builders import MAKER

pytestmark = pytest.mark.xdist_group("events-listener")

ALERTMANAGER = shutil.which("prometheus-alertmanager")


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving(OPALE_INGEST_QUEUE_LIMIT="50") as served:
        yield served


@pytest.fixture
def source(server: Server) -> tuple[Integration, str]:
    name = f"at {time.monotonic_ns()}"
    integration, key = actions.create_integration(name=name, format="alertmanager", by=MAKER)
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
    actions.expire_key(integration.keys.get(), by=MAKER, at=now())
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
    if ALERTMANAGER is None:
        pytest.skip("prometheus-alertmanager is not installed")
    url = f"http://127.0.0.1:{server.port}{source[1]}"
    (tmp_path / "am.yml").write_text(
        "route:\n  receiver: opale\n  group_by: [alertname]\n  group_wait: 50ms\n"
        "  group_interval: 500ms\n  repeat_interval: 1h\n"
        f"receivers:\n  - name: opale\n    webhook_configs:\n      - url: {url}\n"
    )
    port = free_port()
    process = subprocess.Popen(
        [
            ALERTMANAGER,
            f"--config.file={tmp_path / 'am.yml'}",
            f"--storage.path={tmp_path / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
            "--log.level=error",
        ]
    )
    try:
        address = f"http://127.0.0.1:{port}"
        assert eventually(lambda: _ready(address))
        yield address
    finally:
        process.terminate()
        process.wait(60)


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/-/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _tell(address: str, *, over: bool = False, **labels: str) -> None:
    moment = datetime.now(UTC).isoformat()
    alert = {
        "labels": {"alertname": "LinkDown", "severity": "critical", **labels},
        "annotations": {} if over else {"summary": "Link down", "description": "Two minutes."},
        **({"endsAt": moment} if over else {}),
    }
    asked = urllib.request.Request(
        f"{address}/api/v2/alerts",
        json.dumps([alert]).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(asked, timeout=20).close()


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
