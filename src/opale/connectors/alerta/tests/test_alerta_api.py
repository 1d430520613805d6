"""Alerta's API over a real socket: what its clients and plug-ins rely on."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.serving import Server, serving

from opale.connectors.alerta.tests.client import TOLD, Api, opale
from opale.kernel.clock import now
from opale.run.events.models import Alert, AlertNote, Event, Heartbeat, Integration

pytestmark = pytest.mark.xdist_group("events-listener")


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


@pytest.fixture
def place(server: Server) -> tuple[Integration, Api]:
    return opale(server)


@pytest.fixture
def api(place: tuple[Integration, Api]) -> Api:
    return place[1]


def test_an_alert_is_answered_with_itself_after_the_commit(
    place: tuple[Integration, Api],
) -> None:
    integration, api = place
    told = api.tell()
    alert = Alert.objects.get(integration=integration)
    assert (alert.state, alert.severity_code, alert.title) == (
        "open",
        "major",
        "web01: HttpDown 503",
    )
    assert alert.labels["site"] == "par1"
    assert {name: told[name] for name in TOLD} == dict(TOLD)
    assert told["status"] == "open"
    assert told["trendIndication"] == "moreSevere"
    assert told["history"][0]["type"] == "new"
    assert told["href"].endswith(f"/ingest/alerta/alert/{told['id']}")
    again = api.tell(tags=["new"], attributes={"row": "7"})
    assert (again["id"], again["duplicateCount"], again["repeat"]) == (told["id"], 1, True)
    assert set(again["tags"]) == {"site=par1", "edge", "new"}
    assert again["attributes"] == {"rack": "R1", "row": "7"}


def test_an_alert_is_found_by_the_beginning_of_its_id(api: Api) -> None:
    told = api.tell()
    for id_ in (told["id"], told["id"][:8]):
        status, answered = api.call("GET", f"/alert/{id_}")
        assert (status, answered["alert"]["id"]) == (200, told["id"])
    for id_ in ("00000000", "nothing", told["id"][:7], f"{told['id'][:-1]}x"):
        assert api.call("GET", f"/alert/{id_}")[0] == 404


def test_the_alerts_of_another_integration_are_not_there(server: Server, api: Api) -> None:
    told = api.tell()
    _other, stranger = opale(server)
    assert stranger.call("GET", f"/alert/{told['id']}")[0] == 404
    assert stranger.call("PUT", f"/alert/{told['id']}/action", {"action": "ack"})[0] == 404
    assert stranger.alerts() == []


def test_severity_is_state(api: Api) -> None:
    api.tell(severity="minor")
    worse = api.tell(severity="critical")
    assert (worse["previousSeverity"], worse["severity"]) == ("minor", "critical")
    assert (worse["trendIndication"], worse["duplicateCount"]) == ("moreSevere", 0)
    over = api.tell(severity="ok")
    assert (over["status"], over["severity"], over["id"]) == ("closed", "ok", worse["id"])
    again = api.tell(severity="minor")
    assert (again["status"], again["id"]) == ("open", worse["id"])


def test_a_clear_may_name_the_family_that_the_raise_did_not(
    place: tuple[Integration, Api],
) -> None:
    integration, api = place
    raised = api.tell(event="NodeDown")
    over = api.tell(event="NodeUp", severity="normal", correlate=["NodeDown", "NodeUp"])
    assert (over["id"], over["status"]) == (raised["id"], "closed")
    assert Alert.objects.get(integration=integration).state == "cleared"


def test_a_clear_of_nothing_is_accepted_and_opens_nothing(
    place: tuple[Integration, Api],
) -> None:
    integration, api = place
    over = api.tell(severity="normal")
    assert over["status"] == "closed"
    assert not Alert.objects.filter(integration=integration).exists()
    assert Event.objects.filter(integration_id=integration.pk).count() == 1


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"resource": ""}, 'Missing mandatory value for "resource"'),
        ({"event": None}, 'Missing mandatory value for "event"'),
        ({"severity": "bad"}, "Severity (bad) is not one of security, critical"),
        ({"tags": "a"}, "tags must be a list"),
        ({"attributes": {"a.b": 1}}, 'Attribute keys must not contain "." or "$"'),
        ({"timeout": "soon"}, "timeout must be an integer"),
        ({"timeout": -1}, "Invalid negative 'timeout' value (-1)"),
        ({"customer": ""}, "customer must not be an empty string"),
        ({"createTime": "yesterday"}, "createTime"),
    ],
)
def test_what_alerta_refuses_is_refused(api: Api, said: dict[str, Any], message: str) -> None:
    status, answered = api.call("POST", "/alert", {**TOLD, **said})
    assert (status, answered["status"], answered["code"]) == (400, "error", 400)
    assert answered["message"].startswith(message)


def test_who_has_no_key_hears_it_in_alertas_words(server: Server, api: Api) -> None:
    stranger = Api(server, api.root, "guess")
    status, answered = stranger.call("POST", "/alert", TOLD)
    assert (status, answered["status"], answered["code"]) == (401, "error", 401)
    status, answered = Api(server, api.root).call("GET", "/config")
    assert (status, answered["alarm_model"]["severity"]["ok"]) == (200, 7)
    assert server.ask("GET", f"{api.root}/management/gtg")[1] == b"OK"


def test_the_key_may_stand_where_alertas_clients_put_it(server: Server, api: Api) -> None:
    body = json.dumps(TOLD)
    key = str(api.key)
    for path, headers in (
        ("/alert", {"X_API_Key": key}),
        ("/alert", {"Authorization": f"Bearer {key}"}),
        (f"/alert?api-key={key}", {}),
        (f"/{key}/alert", {}),
    ):
        assert server.ask("POST", f"{api.root}{path}", body, **headers)[0] == 201, path


def test_actions_move_as_alertas_do(place: tuple[Integration, Api]) -> None:
    integration, api = place
    id_ = api.tell()["id"]

    def act(action: str, **more: Any) -> int:
        return api.call("PUT", f"/alert/{id_}/action", {"action": action, **more})[0]

    def status() -> str:
        return str(api.call("GET", f"/alert/{id_}")[1]["alert"]["status"])

    assert (act("ack", text="looking"), status()) == (200, "ack")
    assert act("ack") == 409
    assert (act("unack"), status()) == (200, "open")
    assert act("unack") == 409
    assert act("shelve", timeout=10**15) == 400
    assert (act("shelve", timeout=60), status()) == (200, "shelved")
    until = Alert.objects.get(integration=integration).shelved_until
    assert until is not None
    assert until - now() < timedelta(seconds=61)
    assert (act("unshelve"), status()) == (200, "open")
    assert (act("close"), status()) == (200, "closed")
    assert act("ack") == 409
    assert (act("open"), status()) == (200, "open")
    assert act("sing") == 400
    assert AlertNote.objects.get(alert__integration=integration).text == "looking"
    kinds = [h["type"] for h in api.call("GET", f"/alert/{id_}")[1]["alert"]["history"]]
    assert kinds == ["new", "ack", "unack", "shelve", "unshelve", "close", "open"]


def test_a_status_is_set_once(api: Api) -> None:
    id_ = api.tell()["id"]
    for status, expected in (("ack", 200), ("ack", 200), ("open", 200), ("blue", 400), ("", 400)):
        assert api.call("PUT", f"/alert/{id_}/status", {"status": status})[0] == expected
    assert api.call("DELETE", f"/alert/{id_}")[0] == 200
    assert api.call("GET", f"/alert/{id_}")[1]["alert"]["status"] == "closed"


def test_tags_and_attributes_outlive_the_next_event(api: Api) -> None:
    id_ = api.tell()["id"]
    assert api.call("PUT", f"/alert/{id_}/tag", {"tags": ["seen"]})[0] == 200
    assert api.call("PUT", f"/alert/{id_}/untag", {"tags": ["edge"]})[0] == 200
    changed = {"attributes": {"rack": None, "by": "ann"}}
    assert api.call("PUT", f"/alert/{id_}/attributes", changed)[0] == 200
    told = api.tell()
    assert set(told["tags"]) == {"site=par1", "seen"}
    assert told["attributes"] == {"by": "ann"}
    assert api.call("PUT", f"/alert/{id_}/tag", {})[0] == 400


def test_notes_are_kept_and_listed(api: Api) -> None:
    id_ = api.tell()["id"]
    status, answered = api.call("PUT", f"/alert/{id_}/note", {"text": "cable changed"})
    assert (status, answered["note"]["text"]) == (201, "cable changed")
    notes = api.call("GET", f"/alert/{id_}/notes")[1]["notes"]
    assert [note["text"] for note in notes] == ["cable changed"]
    assert notes[0]["related"] == {"alert": id_}


@pytest.fixture
def several(api: Api) -> Api:
    api.tell(resource="web01", event="HttpDown", severity="major", text="no answer at all")
    api.tell(resource="web02", event="HttpSlow", severity="minor", service=["Web", "Shop"])
    api.tell(resource="db01", event="DiskFull", severity="critical", environment="Development")
    api.tell(resource="db01", event="DiskFull", severity="critical", environment="Development")
    api.tell(resource="db02", event="Backup", severity="warning", group="Jobs", tags=["nightly"])
    over = api.tell(resource="db02", event="Backup", severity="normal", group="Jobs")
    assert over["status"] == "closed"
    return api


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["db01", "db02", "web01", "web02"]),
        ("?status=open", ["db01", "web01", "web02"]),
        ("?status!=closed&environment=Production", ["web01", "web02"]),
        ("?severity=major&severity=minor", ["web01", "web02"]),
        ("?severity=normal", ["db02"]),
        ("?severity=~MAJ", ["web01"]),
        ("?resource=~WEB", ["web01", "web02"]),
        ("?event!=~http", ["db01", "db02"]),
        ("?service=Shop", ["web02"]),
        ("?tag=nightly", ["db02"]),
        ("?attributes.rack=R1&group=Jobs", ["db02"]),
        ("?q=severity:major", ["web01"]),
        ("?q=resource:web01%20OR%20resource:db01", ["db01", "web01"]),
        ("?q=environment:Production%20AND%20NOT%20event:HttpDown%20AND%20status:open", ["web02"]),
        ("?q=%22no%20answer%20at%20all%22", ["web01"]),
        ("?q=event:(Disk*%20OR%20Back*)", ["db01", "db02"]),
        ("?q=service:Shop", ["web02"]),
        ("?q=attributes.rack:R1%20AND%20resource:/^db/", ["db01", "db02"]),
        ("?q=_exists_:rack%20AND%20status:%22closed%22", ["db02"]),
        ("?from-date=2100-01-01T00:00:00.000Z", []),
    ],
)
def test_lists_are_narrowed_as_alertas(several: Api, query: str, expected: Sequence[str]) -> None:
    assert sorted(alert["resource"] for alert in several.alerts(query)) == list(expected)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/alerts?colour=red", 400),
        ("/alerts?sort-by=colour", 400),
        ("/alerts?page=9", 416),
        ("/alerts?q=(severity:major", 400),
        ("/alerts?q=severity:[a%20TO%20b]", 400),
        ("/alerts?q=resource:/(/", 400),
        (r"/alerts?q=text:/^(.*)(.*)(.*)\3\2\1x?$/", 400),
        ("/nothing", 404),
        ("/environments/x", 404),
    ],
)
def test_what_cannot_be_asked_is_refused(several: Api, path: str, status: int) -> None:
    found, answered = several.call("GET", path)
    assert (found, answered["status"], answered["code"]) == (status, "error", status)


def test_pages_order_and_counts(several: Api) -> None:
    found = several.call("GET", "/alerts?sort-by=severity&page-size=2&page=1&status=open")[1]
    assert [alert["severity"] for alert in found["alerts"]] == ["critical", "major"]
    assert (found["total"], found["pages"], found["more"], found["pageSize"]) == (3, 2, True, 2)
    assert found["severityCounts"] == {"critical": 1, "major": 1, "minor": 1}
    assert found["alerts"][0]["duplicateCount"] == 1
    counted = several.call("GET", "/alerts/count")[1]
    assert counted["statusCounts"] == {"open": 3, "closed": 1}
    assert counted["total"] == 4
    reverse = several.alerts("?sort-by=-resource")
    assert [alert["resource"] for alert in reverse][:1] == ["web02"]


@pytest.mark.parametrize("name", ["value", "-value", "service", "-service"])
def test_what_alerta_alone_knows_orders_too(api: Api, name: str) -> None:
    for number in (2, 1, 3):
        api.tell(resource=f"web{number}", value=f"{number} ms", service=[f"Shop {number}"])
    found = [alert["resource"] for alert in api.alerts(f"?sort-by={name}")]
    assert found == sorted(found, reverse=name.startswith("-"))
    assert len(found) == 3


def test_overviews(several: Api) -> None:
    def asked(path: str) -> dict[str, Any]:
        status, answered = several.call("GET", path)
        assert status == 200
        return answered

    environments = asked("/environments")["environments"]
    assert {one["environment"]: one["count"] for one in environments} == {
        "Development": 1,
        "Production": 3,
    }
    services = asked("/services")["services"]
    assert {"environment": "Production", "service": "Shop"}.items() <= services[1].items()
    assert [one["group"] for one in asked("/alerts/groups")["groups"]] == ["Misc", "Jobs", "Misc"]
    assert "edge" in {one["tag"] for one in asked("/alerts/tags")["tags"]}
    top = asked("/alerts/top10/count?group-by=resource")["top10"]
    assert {one["resource"] for one in top} == {"web01", "web02", "db01", "db02"}
    assert top[0]["resources"][0]["id"]
    assert asked("/alerts/top10/flapping")["top10"] == []
    assert len(asked("/alerts/top10/standing")["top10"]) == 4
    history = asked("/alerts/history")["history"]
    assert {entry["type"] for entry in history} == {"new", "severity", "status"}
    assert asked("/management/manifest")["release"]


def test_everything_that_a_query_means_is_moved_at_once(several: Api) -> None:
    ack = {"action": "ack", "text": "all of it"}
    assert several.call("PUT", "/_bulk/alerts/action?environment=Production", ack)[0] == 202
    assert several.call("GET", "/alerts/count?status=ack")[1]["total"] == 2
    status, answered = several.call("PUT", "/_bulk/alerts/tag?resource=db01", {"tags": ["x"]})
    assert (status, answered["count"]) == (200, 1)
    assert several.call("DELETE", "/_bulk/alerts?status=open")[1]["count"] == 1
    assert several.call("GET", "/alerts/count?status=closed")[1]["total"] == 2


def test_heartbeats_are_kept_and_missed(place: tuple[Integration, Api]) -> None:
    integration, api = place
    said = {"origin": "cron/db01", "tags": ["backup"], "timeout": 3600, "attributes": {"a": "b"}}
    status, answered = api.call("POST", "/heartbeat", said)
    assert (status, answered["heartbeat"]["status"]) == (201, "ok")
    late = {**said, "origin": "slow", "createTime": "2026-01-01T00:00:00.000Z"}
    assert api.call("POST", "/heartbeat", late)[1]["heartbeat"]["status"] == "slow"
    Heartbeat.objects.filter(integration=integration, name="cron/db01").update(
        due_at=now() - timedelta(seconds=1)
    )
    listed = api.call("GET", "/heartbeats")[1]["heartbeats"]
    assert {one["origin"]: one["status"] for one in listed} == {
        "cron/db01": "expired",
        "slow": "slow",
    }
    (expired,) = api.call("GET", "/heartbeats?status=expired")[1]["heartbeats"]
    assert (expired["tags"], expired["timeout"]) == (["backup"], 3600)
    assert api.call("DELETE", f"/heartbeat/{expired['id']}")[0] == 200
    assert api.call("GET", f"/heartbeat/{expired['id']}")[0] == 404
    assert api.call("POST", "/heartbeat", {"timeout": "x"})[0] == 400


def test_an_alert_that_is_a_sign_of_life_is_no_alert(place: tuple[Integration, Api]) -> None:
    integration, api = place
    beaten = {"resource": "a", "event": "Heartbeat", "origin": "agent/a"}
    status, answered = api.call("POST", "/alert", beaten)
    assert (status, answered["message"]) == (202, "Alert converted to Heartbeat")
    assert Heartbeat.objects.get(integration=integration).name == "agent/a"
    assert not Alert.objects.filter(integration=integration).exists()


def test_spans_that_leave_the_calendar_are_cut_or_refused(place: tuple[Integration, Api]) -> None:
    _integration, api = place
    said = {"environment": "Production", "service": ["Web"], "text": "works"}
    assert api.call("POST", "/blackout", {**said, "duration": 10**15})[0] == 201
    assert api.call("POST", "/blackout", {**said, "duration": -(10**15)})[0] == 400
    late = {**said, "startTime": "9999-12-31T23:00:00Z", "duration": 7200}
    assert api.call("POST", "/blackout", late)[0] == 400


def test_a_blackout_is_a_silence_of_this_integration(place: tuple[Integration, Api]) -> None:
    integration, api = place
    said = {"environment": "Production", "service": ["Web"], "duration": 600, "text": "works"}
    status, answered = api.call("POST", "/blackout", said)
    assert status == 201, answered
    blackout = answered["blackout"]
    assert (blackout["status"], blackout["service"], blackout["duration"]) == (
        "active",
        ["Web"],
        600,
    )
    muted = api.tell(resource="late", service=["Shop", "Web"])
    assert muted["status"] == "blackout"
    assert api.tell(resource="other", service=["Mail"])["status"] == "open"
    assert Alert.objects.filter(integration=integration).count() == 2
    path = f"/blackout/{blackout['id']}"
    changed = api.call("PUT", path, {"text": "longer", "duration": 1200})[1]["blackout"]
    assert (changed["text"], changed["duration"]) == ("longer", 1200)
    assert api.call("GET", "/blackouts")[1]["total"] == 1
    assert api.call("POST", "/blackout", {})[0] == 400
    assert api.call("DELETE", path)[0] == 200
    assert api.call("GET", path)[0] == 404
    assert api.alerts(f"?id={muted['id'][:8]}")[0]["status"] == "open"
