"""PagerDuty's own clients, Alertmanager and Zabbix, unchanged, against the listener."""

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdpyras
import pytest
import yaml
from pagerduty import EventsApiV2Client, HttpError
from pytest_django.plugin import DjangoDbBlocker
from tests import alertmanagers, zabbix
from tests.serving import Server, eventually, serving
from tests.tls import Encrypted, tls_before

from opale.connectors.pagerduty import PagerDuty
from opale.run.events.actions import integrations
from opale.run.events.models import Alert, ChangeNotice, Event, Integration, UnreadableDelivery
from opale.run.events.tests.builders import MAKER

pytestmark = pytest.mark.xdist_group("pagerduty")

ROOT = "/ingest/pagerduty"
ENQUEUE = f"{ROOT}/v2/enqueue"


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


@pytest.fixture(scope="module")
def encrypted(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encrypted]:
    with tls_before(server.port, tmp_path_factory.mktemp("tls")) as found:
        yield found


@pytest.fixture
def source(server: Server) -> tuple[Integration, str]:
    name = f"at {time.monotonic_ns()}"
    return integrations.create_integration(name=name, format="pagerduty", by=MAKER)


@pytest.fixture
def client(source: tuple[Integration, str], encrypted: Encrypted) -> Iterator[EventsApiV2Client]:
    """PyPI's `pagerduty`, which takes https alone."""
    base = f"{encrypted.url}{ROOT}"
    with EventsApiV2Client(source[1], base_url=base, verify=encrypted.context()) as made:
        yield made


def said(server: Server, path: str, content: Any, **headers: str) -> tuple[int, dict[str, Any]]:
    body = content if isinstance(content, bytes) else json.dumps(content)
    status, answer, _ = server.ask("POST", path, body, Content_Type="application/json", **headers)
    return status, json.loads(answer)


def receiver_of(url: str, key: str) -> str:
    """The receiver of the example that the page of an integration shows."""
    example = PagerDuty().example(url, key).partition("\n\n")[0]
    configs = yaml.safe_load(example)["receivers"][0]["pagerduty_configs"]
    return f"pagerduty_configs: {json.dumps(configs)}"


def trigger(key: str, **members: Any) -> dict[str, Any]:
    payload = {"summary": "Disk full", "source": "db-1", "severity": "error"}
    return {"routing_key": key, "event_action": "trigger", "payload": payload} | members


def test_pagerdutys_client_raises_acknowledges_and_resolves(
    client: EventsApiV2Client, source: tuple[Integration, str]
) -> None:
    key = client.trigger("Disk full", "db-1", severity="warning", custom_details={"used": 97})
    alert = Alert.objects.get(integration=source[0])
    assert (alert.identity, alert.state, alert.severity_code) == (key, "open", "warning")
    assert alert.labels["used"] == "97"
    assert client.acknowledge(key) == key
    alert.refresh_from_db()
    assert alert.state == "acknowledged"
    assert client.resolve(key) == key
    alert.refresh_from_db()
    assert alert.state == "cleared"
    client.acknowledge(key)
    alert.refresh_from_db()
    assert alert.state == "cleared"


def test_pagerdutys_client_hears_that_its_key_is_wrong(encrypted: Encrypted) -> None:
    base = f"{encrypted.url}{ROOT}"
    with (
        EventsApiV2Client("f" * 32, base_url=base, verify=encrypted.context()) as stranger,
        pytest.raises(HttpError) as refused,
    ):
        stranger.trigger("Disk full", "db-1")
    answer = refused.value.response
    assert answer is not None
    assert (answer.status_code, answer.json()["errors"]) == (400, ["Invalid routing key"])


def test_pagerdutys_client_tells_of_a_change(
    client: EventsApiV2Client, source: tuple[Integration, str]
) -> None:
    links = [{"href": "https://ci.example.net/7", "text": "Run 7"}]
    payload = {"summary": "Version 3.2 deployed", "source": "web-1"}
    for _ in range(2):
        client.send_change_event(payload | {"timestamp": "2026-11-25T01:30:00Z"}, links=links)
    notice = ChangeNotice.objects.get(integration=source[0])
    assert (notice.summary, notice.source, notice.links) == (payload["summary"], "web-1", links)
    assert not Alert.objects.filter(integration=source[0]).exists()
    assert not Event.objects.filter(integration_id=source[0].pk).exists()


def test_the_older_client_speaks_as_before(server: Server, source: tuple[Integration, str]) -> None:
    integration, key = source
    events = pdpyras.EventsAPISession(key)
    events.url = f"http://127.0.0.1:{server.port}{ROOT}"
    dedup_key = events.trigger("Disk full", "db-1")
    assert Alert.objects.get(integration=integration).identity == dedup_key
    events.resolve(dedup_key)
    assert Alert.objects.get(integration=integration).state == "cleared"
    changes = pdpyras.ChangeEventsAPISession(key)
    changes.url = events.url
    assert changes.submit("Deployed", timestamp="2026-11-25T01:30:00Z") == str(
        ChangeNotice.objects.get(integration=integration).pk
    )


@alertmanagers.NEEDS_ALERTMANAGER
def test_a_real_alertmanager_raises_and_clears_an_alert(
    server: Server, source: tuple[Integration, str], tmp_path: Path
) -> None:
    integration, key = source
    receiver = receiver_of(f"http://127.0.0.1:{server.port}{ENQUEUE}", key)
    alerts = Alert.objects.filter(integration=integration)
    with alertmanagers.alertmanager(tmp_path, receiver) as address:
        alertmanagers.tell(address, alertname="Down", instance="rt-1")
        raised = eventually(alerts.first)
        assert raised is not None
        assert (raised.state, raised.severity_code) == ("open", "warning")
        assert raised.labels["host"] == "rt-1"
        alertmanagers.tell(address, over=True, alertname="Down", instance="rt-1")
        assert eventually(alerts.filter(pk=raised.pk, state="cleared").exists)


@zabbix.NEEDS_ZABBIX
def test_the_media_type_that_zabbix_ships_works(
    server: Server, source: tuple[Integration, str], tmp_path: Path
) -> None:
    integration, key = source
    script = zabbix.shipped_script("PagerDuty").replace(
        "https://events.pagerduty.com", f"http://127.0.0.1:{server.port}{ROOT}"
    )
    problem = {
        "alert_message": "Problem started",
        "alert_subject": "Link down",
        "api_token": key,
        "event_ack": "No",
        "event_id": "1042",
        "event_nseverity": "5",
        "event_severity": "Disaster",
        "event_source": "0",
        "event_update_status": "0",
        "event_value": "1",
        "host_ip": "192.0.2.1",
        "host_name": "rt-1",
        "trigger_id": "18231",
        "zabbix_url": "http://zabbix.example.net",
    }
    alerts = Alert.objects.filter(integration=integration, identity="1042")
    assert zabbix.run(script, problem, tmp_path) == "OK"
    assert (alerts.get().severity_code, alerts.get().labels["host"]) == ("critical", "rt-1")
    seen_to = problem | {"event_update_status": "1", "event_ack": "Yes"}
    assert zabbix.run(script, seen_to, tmp_path) == "OK"
    assert alerts.get().state == "acknowledged"
    assert zabbix.run(script, problem | {"event_value": "0"}, tmp_path) == "OK"
    assert alerts.get().state == "cleared"
    with pytest.raises(zabbix.ScriptFailed, match="Invalid routing key"):
        zabbix.run(script, problem | {"api_token": "f" * 32}, tmp_path)


def test_an_old_plug_in_is_answered_as_it_expects(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, key = source
    body = {"service_key": key, "event_type": "trigger", "description": "Disk full"}
    status, answer = said(server, f"{ROOT}/generic/2010-04-15/create_event.json", body)
    assert (status, answer["status"]) == (200, "success")
    assert Alert.objects.get(integration=integration).identity == answer["incident_key"]


def test_a_resolution_without_an_alert_is_kept_and_opens_nothing(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, key = source
    for action in ("acknowledge", "resolve"):
        body = {"routing_key": key, "event_action": action, "dedup_key": "gone"}
        assert said(server, ENQUEUE, body) == (
            202,
            {"status": "success", "message": "Event processed", "dedup_key": "gone"},
        )
    assert not Alert.objects.filter(integration=integration).exists()
    assert Event.objects.filter(integration_id=integration.pk).count() == 2


def test_the_same_event_twice_is_one_alert(server: Server, source: tuple[Integration, str]) -> None:
    integration, key = source
    answers = [said(server, ENQUEUE, trigger(key))[1]["dedup_key"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert Alert.objects.get(integration=integration).count == 2


def test_after_a_resolution_the_same_key_opens_again(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, key = source
    for action in ("trigger", "resolve", "trigger"):
        said(server, ENQUEUE, trigger(key, event_action=action, dedup_key="a"))
    assert Alert.objects.get(integration=integration).state == "open"


def test_a_key_of_one_integration_is_not_anothers(
    server: Server, source: tuple[Integration, str]
) -> None:
    other, key = integrations.create_integration(
        name=f"other {time.monotonic_ns()}", format="pagerduty", by=MAKER
    )
    said(server, ENQUEUE, trigger(source[1], dedup_key="a"))
    said(server, ENQUEUE, {"routing_key": key, "event_action": "resolve", "dedup_key": "a"})
    assert Alert.objects.get(integration=source[0]).state == "open"
    assert not Alert.objects.filter(integration=other).exists()


def test_what_is_wrong_is_refused_in_pagerdutys_words(
    server: Server, source: tuple[Integration, str]
) -> None:
    integration, key = source
    status, answer = said(server, ENQUEUE, trigger(key, payload={"summary": "a"}))
    assert (status, answer["status"], len(answer["errors"])) == (400, "invalid event", 2)
    assert UnreadableDelivery.objects.get(integration=integration).reason.startswith("'payload.")
    for body, fault in (
        (trigger("short"), "Length of 'routing_key' is incorrect (should be 32 characters)"),
        ({"event_action": "trigger"}, "'routing_key' is missing or blank"),
        (trigger(key, payload={"summary": "x" * 600_000}), "The body is larger than 512 KB."),
    ):
        status, answer = said(server, ENQUEUE, body)
        assert (status, answer["errors"]) == (400, [fault])
    status, answer = said(server, ENQUEUE, b"{")
    assert (status, answer["status"]) == (400, "invalid event")
    status, answer = said(server, f"{ROOT}/v2/change/enqueue", {"routing_key": key, "payload": {}})
    assert (status, answer["errors"]) == (400, ["'payload.summary' is missing or blank"])
    assert said(server, f"{ROOT}/v2/else", trigger(key))[0] == 404
    assert server.ask("GET", ENQUEUE)[0] == 405


def test_a_packed_event_is_read(server: Server, source: tuple[Integration, str]) -> None:
    body = gzip.compress(json.dumps(trigger(source[1])).encode())
    assert said(server, ENQUEUE, body, Content_Encoding="gzip")[0] == 202
    assert Alert.objects.filter(integration=source[0]).exists()
