"""Opsgenie's own client, Alertmanager and Zabbix, unchanged, against the listener."""

import gzip
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import opsgenie_sdk
import pytest
from opsgenie_sdk.exceptions import AuthenticationException
from pytest_django.plugin import DjangoDbBlocker
from tests import alertmanagers, zabbix
from tests.personas import make_personas
from tests.serving import Server, eventually, serving

from opale.kernel.clock import now
from opale.run.events.actions import integrations
from opale.run.events.models import Alert, AlertNote, Event, Integration, UnreadableDelivery
from opale.run.events.tests.builders import MAKER

pytestmark = pytest.mark.xdist_group("opsgenie")

ROOT = "/ingest/opsgenie"
ALERTS = f"{ROOT}/v2/alerts"
Source = tuple[Integration, str]


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


@pytest.fixture
def source(server: Server) -> Source:
    name = f"at {time.monotonic_ns()}"
    return integrations.create_integration(name=name, format="opsgenie", by=MAKER)


def client(server: Server, key: str) -> Any:
    """PyPI's `opsgenie-sdk`."""
    found = opsgenie_sdk.Configuration()
    found.host = f"http://127.0.0.1:{server.port}{ROOT}"
    found.api_key["Authorization"] = key
    found.retry_count = 1
    return opsgenie_sdk.AlertApi(opsgenie_sdk.ApiClient(configuration=found))


@pytest.fixture
def api(server: Server, source: Source) -> Any:
    return client(server, source[1])


def said(
    server: Server, key: str, content: Any, path: str = ALERTS, method: str = "POST", **headers: str
) -> tuple[int, dict[str, Any]]:
    body = content if isinstance(content, bytes) else json.dumps(content)
    headers = {"Content_Type": "application/json", "Authorization": f"GenieKey {key}"} | headers
    status, answer, _ = server.ask(method, path, body, **headers)
    return status, json.loads(answer)


def create(api: Any, alias: str = "a", **members: Any) -> Alert:
    """Made by the client, found by the id that it is told."""
    payload = opsgenie_sdk.CreateAlertPayload(message="Disk full", alias=alias, **members)
    request = api.create_alert(payload).request_id
    told = api.get_request_status(request).data
    assert (told.is_success, told.status, told.alias) == (True, "Created alert", alias)
    return Alert.objects.get(pk=int(told.alert_id))


def test_opsgenies_client_raises_sees_to_and_closes(api: Any) -> None:
    alert = create(api, priority="P1", tags=["site:LYO1"], details={"host": "db-1"})
    assert (alert.severity_code, alert.labels["site"]) == ("critical", "LYO1")
    api.acknowledge_alert("a", identifier_type="alias")
    alert.refresh_from_db()
    assert alert.state == "acknowledged"
    api.un_acknowledge_alert(str(alert.pk))
    alert.refresh_from_db()
    assert alert.state == "open"
    api.close_alert("a", identifier_type="alias")
    alert.refresh_from_db()
    assert alert.state == "cleared"
    told = api.get_alert(str(alert.pk)).data
    assert (told.status, told.priority, told.tags) == ("closed", "P1", ["site:LYO1"])


def test_opsgenies_client_snoozes_assigns_and_notes(api: Any) -> None:
    person = make_personas().people["desk_agent"]
    alert = create(api)
    until = now() + timedelta(hours=2)
    api.snooze_alert("a", opsgenie_sdk.SnoozeAlertPayload(end_time=until), identifier_type="alias")
    owner = opsgenie_sdk.AssignAlertPayload(owner={"username": person.email.upper()})
    api.assign_alert("a", owner, identifier_type="alias")
    note = opsgenie_sdk.AddNoteToAlertPayload(note="Looking at it", user="ana@example.net")
    api.add_note("a", note, identifier_type="alias")
    alert.refresh_from_db()
    assert (alert.state, alert.owner_id) == ("shelved", person.pk)
    told = api.get_alert("a", identifier_type="alias").data
    assert (told.snoozed, told.owner) == (True, person.email)
    assert abs(told.snoozed_until - until) < timedelta(seconds=1)
    (kept,) = api.list_notes("a", identifier_type="alias").data
    assert kept.note == "ana@example.net: Looking at it"
    assert api.list_logs("a", identifier_type="alias").data


def test_opsgenies_client_corrects_an_alert(api: Any) -> None:
    alert = create(api, tags=["one", "site:LYO1"], details={"host": "db-1", "gone": "x"})
    of_it = {"identifier_type": "alias"}
    message = opsgenie_sdk.UpdateAlertMessagePayload(message="Disk nearly full")
    api.update_alert_message("a", message, **of_it)
    description = opsgenie_sdk.UpdateAlertDescriptionPayload(description="97 %")
    api.update_alert_description("a", description, **of_it)
    priority = opsgenie_sdk.UpdateAlertPriorityPayload(priority="P2")
    api.update_alert_priority("a", priority, **of_it)
    api.add_tags("a", opsgenie_sdk.AddTagsToAlertPayload(tags=["two"]), **of_it)
    api.remove_tags("a", ["one", "site:LYO1"], **of_it)
    api.add_details("a", opsgenie_sdk.AddDetailsToAlertPayload(details={"used": "97"}), **of_it)
    api.remove_details("a", ["gone"], **of_it)
    alert.refresh_from_db()
    assert (alert.title, alert.text, alert.severity_code) == ("Disk nearly full", "97 %", "major")
    assert alert.labels == {"host": "db-1", "used": "97", "tags": "two"}
    assert alert.count == 1


def test_opsgenies_client_is_given_back_the_details_that_it_sent(api: Any) -> None:
    create(
        api,
        tags=["urgent", "site:LYO1"],
        details={"host": "db-1", "site": "LYO1", "used": "97"},
        entity="db",
        source="backup",
        responders=[{"name": "Network", "type": "team"}],
    )
    create(api, "b", tags=["urgent", "site:LYO1"], entity="db", source="backup")
    api.add_tags("b", opsgenie_sdk.AddTagsToAlertPayload(tags=["rack:7"]), identifier_type="alias")
    api.add_details(
        "b",
        opsgenie_sdk.AddDetailsToAlertPayload(details={"host": "db-2"}),
        identifier_type="alias",
    )
    given = [api.get_alert(name, identifier_type="alias").data.details for name in ("a", "b")]
    assert given == [{"host": "db-1", "site": "LYO1", "used": "97"}, {"host": "db-2"}]


def test_opsgenies_client_lists_counts_and_deletes(api: Any) -> None:
    first, second = create(api, "a"), create(api, "b")
    assert [one.id for one in api.list_alerts(limit=1).data] == [str(second.pk)]
    api.delete_alert(str(first.pk))
    first.refresh_from_db()
    assert first.state == "closed"
    assert api.count_alerts(query="status: open").data.count == 1
    assert [one.alias for one in api.list_alerts(query="status=closed").data] == ["a"]


def test_opsgenies_client_hears_what_came_to_nothing(api: Any) -> None:
    create(api)
    twice = [api.acknowledge_alert("a", identifier_type="alias").request_id for _ in range(2)]
    done, again = (api.get_request_status(one).data for one in twice)
    assert (done.is_success, again.is_success) == (True, False)
    assert again.status == "Alert is already acknowledged"
    api.close_alert("a", identifier_type="alias")
    late = api.acknowledge_alert("a", identifier_type="alias").request_id
    assert api.get_request_status(late).data.status == "There is no open alert matching request"
    stranger = opsgenie_sdk.AssignAlertPayload(owner={"username": "nobody@example.net"})
    assert not api.get_request_status(
        api.assign_alert("a", stranger, identifier_type="alias").request_id
    ).data.is_success


def test_opsgenies_client_is_refused_as_it_expects(api: Any, server: Server) -> None:
    with pytest.raises(opsgenie_sdk.ApiException) as missing:
        api.get_alert("12345678")
    assert missing.value.status == 404
    with pytest.raises(AuthenticationException):
        client(server, "guess").create_alert(opsgenie_sdk.CreateAlertPayload(message="a"))


def test_one_integration_reaches_no_alert_of_another(api: Any, server: Server) -> None:
    alert = create(api)
    other, key = integrations.create_integration(
        name=f"other {time.monotonic_ns()}", format="opsgenie", by=MAKER
    )
    assert said(server, key, b"", f"{ALERTS}/{alert.pk}", "GET")[0] == 404
    said(server, key, {}, f"{ALERTS}/{alert.pk}/close")
    said(server, key, {}, f"{ALERTS}/a/close?identifierType=alias")
    alert.refresh_from_db()
    assert alert.state == "open"
    assert not Alert.objects.filter(integration=other).exists()


def test_closing_what_is_not_there_is_kept_and_opens_nothing(
    server: Server, source: Source
) -> None:
    integration, key = source
    path = f"{ALERTS}/gone/close?identifierType=alias"
    status, answer = said(server, key, {"note": "over"}, path)
    assert status == 202
    _, told = said(server, key, b"", f"{ALERTS}/requests/{answer['requestId']}", "GET")
    assert (told["data"]["success"], told["data"]["status"]) == (
        False,
        "There is no open alert matching request",
    )
    assert Event.objects.filter(integration_id=integration.pk).count() == 1
    assert not Alert.objects.filter(integration=integration).exists()


def test_the_same_alias_twice_is_one_alert(server: Server, source: Source) -> None:
    integration, key = source
    for _ in range(2):
        assert said(server, key, {"message": "a", "alias": "a"})[0] == 202
    assert Alert.objects.get(integration=integration).count == 2


def test_what_is_wrong_is_refused_in_opsgenies_words(server: Server, source: Source) -> None:
    integration, key = source
    status, answer = said(server, key, {"alias": "a"})
    assert (status, answer["errors"]) == (422, {"message": "can not be empty"})
    assert UnreadableDelivery.objects.get(integration=integration).reason.startswith("message")
    assert said(server, key, b"{")[0] == 400
    said(server, key, {"message": "a", "alias": "a"})
    status, answer = said(server, key, {}, f"{ALERTS}/a/notes?identifierType=alias")
    assert (status, answer["errors"]) == (422, {"note": "can not be empty"})
    assert said(server, key, {}, f"{ALERTS}/a/dance")[0] == 404
    assert said(server, key, {"message": "x" * 600_000})[0] == 202
    body = gzip.compress(json.dumps({"message": "packed", "alias": "p"}).encode())
    assert said(server, key, body, Content_Encoding="gzip")[0] == 202
    assert Alert.objects.filter(integration=integration, identity="p").exists()


@alertmanagers.NEEDS_ALERTMANAGER
def test_a_real_alertmanager_raises_updates_and_ends_an_alert(
    server: Server, source: Source, tmp_path: Path
) -> None:
    integration, key = source
    receiver = (
        f"opsgenie_configs: [{{api_url: 'http://127.0.0.1:{server.port}{ROOT}/', api_key: {key},"
        " update_alerts: true, priority: '{{ or .CommonLabels.priority \"P2\" }}',"
        " message: '{{ .CommonAnnotations.summary }}'}]"
    )
    alerts = Alert.objects.filter(integration=integration)
    with alertmanagers.alertmanager(tmp_path, receiver) as address:
        annotations = {"summary": "Link down"}
        alertmanagers.tell(address, annotations=annotations, alertname="Down", instance="rt-1")
        raised = eventually(alerts.first)
        assert raised is not None
        assert (raised.title, raised.severity_code) == ("Link down", "major")
        assert raised.labels["instance"] == "rt-1"
        alertmanagers.tell(address, over=True, alertname="Down", instance="rt-1")
        assert eventually(alerts.filter(pk=raised.pk, state="cleared").exists)


@zabbix.NEEDS_ZABBIX
def test_the_media_type_that_zabbix_ships_works(
    server: Server, source: Source, tmp_path: Path
) -> None:
    integration, key = source
    base = f"http://127.0.0.1:{server.port}"
    script = zabbix.shipped_script("Opsgenie")
    problem = {
        "alert_message": "Problem started",
        "alert_subject": "Link down",
        "event_id": "1042",
        "event_nseverity": "4",
        "event_source": "0",
        "event_tags_json": '[{"tag": "service", "value": "SVC-1"}]',
        "event_update_action": "",
        "event_update_status": "0",
        "event_value": "1",
        "opsgenie_api": f"{base}{ALERTS}",
        "opsgenie_tags": "",
        "opsgenie_teams": "ops",
        "opsgenie_token": key,
        "opsgenie_web": f"{base}{ROOT}",
        "severity_high": "P2",
        "status_counter": "25",
        "trigger_id": "18231",
        "zbxurl": "http://zabbix.example.net",
        "zbxuser": "Zabbix Administrator (Admin)",
    }
    alerts = Alert.objects.filter(integration=integration, identity="1042")
    told = zabbix.run(script, problem, tmp_path)
    alert = alerts.get()
    assert told["tags"]["__zbx_ops_issuekey"] == str(alert.pk)
    assert (alert.severity_code, alert.labels["service"]) == ("major", "SVC-1")
    link = told["tags"]["__zbx_ops_issuelink"].removeprefix(base)
    status, _, headers = server.ask("GET", link)
    assert (status, headers["location"]) == (302, f"/alerts/{alert.pk}/")
    update = problem | {"event_update_status": "1", "event_update_action": "acknowledged"}
    zabbix.run(script, update, tmp_path)
    assert alerts.get().state == "acknowledged"
    assert AlertNote.objects.filter(alert=alert, text__contains="Problem started").exists()
    zabbix.run(script, update | {"event_update_action": "commented"}, tmp_path)
    zabbix.run(script, problem | {"event_value": "0"}, tmp_path)
    assert alerts.get().state == "cleared"
    with pytest.raises(zabbix.ScriptFailed, match="Could not authenticate"):
        zabbix.run(script, problem | {"opsgenie_token": "guess"}, tmp_path)
