"""Alerts, silences, integrations and heartbeats as lists: filters, files and acts on lines."""

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.run.events.actions import heartbeats, retention, silences
from opale.run.events.actions.apply_silences import ACTIVE_SILENCES
from opale.run.events.actions.silences import SilenceTerms
from opale.run.events.domain.silences import Matcher
from opale.run.events.models import Alert, Heartbeat, Integration, Silence
from opale.run.events.queries.heartbeats import heartbeats as heartbeats_of
from opale.run.events.states import AlertState, HeartbeatState, Severity
from opale.run.events.tests.builders import MAKER, at, clears, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db
LINE = re.compile(r'<tr id="[^"]*line"')


@pytest.fixture
def house() -> Personas:
    ACTIVE_SILENCES.forget()
    retention.create_partition(at(0).date())
    return make_personas()


@pytest.fixture
def agent(house: Personas) -> Client:
    return house.client("desk_agent")


@pytest.fixture
def alerts(house: Personas) -> dict[str, Alert]:
    """One that is open, one that is over, one of another tool."""
    _tool, sender = make_integration()
    _other, another = make_integration("zabbix")
    hand_in(sender, fires(0, "link", title="Rennes link down", severity=Severity.CRITICAL))
    hand_in(sender, fires(1, "disk", title="Disk full", severity=Severity.MAJOR))
    hand_in(sender, clears(2, "disk"))
    hand_in(another, fires(3, "fan", title="Fan slow", severity=Severity.MINOR))
    return {alert.identity: alert for alert in Alert.objects.all()}


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def exported(client: Client, address: str) -> list[dict[str, str]]:
    answer: Any = client.get(f"/lists/{address}")
    assert answer.status_code == 200
    said = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(said), delimiter=";"))


def titles(client: Client, query: str = "") -> list[str]:
    shown = page(client, f"/alerts/all/?{query}")
    found = [row["Alert"] for row in exported(client, f"alerts/export.csv?{query}")]
    assert len(LINE.findall(shown)) == len(found)
    assert all(title in shown for title in found)
    return found


def test_the_table_has_what_stands_and_what_is_over_the_newest_first(
    house: Personas, agent: Client, alerts: dict[str, Alert]
) -> None:
    with attributed(MAKER):
        Alert.objects.filter(identity="fan").update(owner=house.people["desk_agent"])
    link, disk, fan = "Rennes link down", "Disk full", "Fan slow"
    tool = alerts["fan"].integration_id
    cases = {
        "": [fan, disk, link],
        "sort=received": [link, disk, fan],
        "state=standing": [fan, link],
        "state=cleared": [disk],
        "severity=critical": [link],
        "severity=minor": [fan, disk, link],
        f"integration={tool}": [fan],
        "q=rennes": [link],
        "mine=1": [fan],
        f"owner={house.people['desk_agent'].pk}": [fan],
        "flapping=1": [],
        "muted=yes": [],
        "muted=no": [fan, disk, link],
        f"customer={house.customer.pk}": [],
    }
    for query, found in cases.items():
        assert titles(agent, query) == found, query


def test_programs_ask_for_the_same_alerts_as_before(
    house: Personas, agent: Client, alerts: dict[str, Alert]
) -> None:
    def asked(query: str) -> list[str]:
        answer = agent.get(f"/api/v1/alerts?{query}")
        assert answer.status_code == 200, answer.content
        return [one["identity"] for one in answer.json()["items"]]

    assert asked("") == ["fan", "disk", "link"]
    assert asked("state=open") == ["fan", "link"]
    assert asked("minimum_severity=critical") == ["link"]
    assert asked("minimum_severity=clear") == ["fan", "disk", "link"]
    assert asked(f"integration_id={alerts['fan'].integration_id}") == ["fan"]
    assert asked("muted=true") == asked("flapping=true") == asked("owner_id=999999") == []
    assert asked("muted=false") == ["fan", "disk", "link"]
    assert asked("sort=received&limit=1") == ["link"]
    assert agent.get("/api/v1/alerts?state=standing").status_code == 422


def test_marked_alerts_are_acknowledged_and_the_others_are_named(
    house: Personas, agent: Client, alerts: dict[str, Alert]
) -> None:
    marked = {"n": [alerts["link"].pk, alerts["disk"].pk]}
    preview = agent.post("/lists/alerts/acts/acknowledge/", marked).context
    assert [str(name) for name in preview["names"]] == ["Rennes link down"]
    assert [str(name) for name, _reason in preview["refused"]] == ["Disk full"]
    answer = agent.post(
        "/lists/alerts/acts/acknowledge/", {**marked, "confirmed": "1"}, follow=True
    )
    assert "1 changed, 1 not changed" in answer.content.decode()
    states = dict(Alert.objects.values_list("identity", "state"))
    assert (states["link"], states["disk"]) == (AlertState.ACKNOWLEDGED, AlertState.CLEARED)
    agent.post("/lists/alerts/acts/close/", {"n": [alerts["disk"].pk], "confirmed": "1"})
    assert Alert.objects.get(identity="disk").state == AlertState.CLOSED
    manager = house.client("project_manager")
    assert "data-acts" not in page(manager, "/alerts/all/")
    assert manager.post("/lists/alerts/acts/close/", marked).status_code == 404


def silence(comment: str, *, begins: float = 0, lasts: float = 2) -> Silence:
    moment = now()
    terms = SilenceTerms(
        matchers=(Matcher("host", "rt-ren-01"),),
        starts_at=moment + timedelta(hours=begins),
        ends_at=moment + timedelta(hours=begins + lasts),
        comment=comment,
    )
    return silences.create_silence(terms, by=MAKER, at=moment)


def test_silences_stand_in_the_order_in_which_they_turn(agent: Client, house: Personas) -> None:
    long, short = silence("Long works", lasts=8), silence("Short works", lasts=1)
    later, sooner = silence("Later works", begins=9), silence("Sooner works", begins=3)
    for past in (silence("First works"), silence("Second works")):
        silences.end_silence(past, by=MAKER, at=now())

    def comments(query: str) -> list[str]:
        return [row["Reason"] for row in exported(agent, f"silences/export.csv?{query}")]

    assert comments("") == [short.comment, long.comment]
    assert comments("phase=coming") == [sooner.comment, later.comment]
    assert comments("phase=past") == ["Second works", "First works"]
    assert len(comments("phase=all")) == 6
    assert comments("phase=all&q=short") == [short.comment]
    assert comments("sort=-ends") == [long.comment, short.comment]
    items = agent.get("/api/v1/silences").json()["items"]
    assert [one["comment"] for one in items] == comments("phase=all"), "the newest first"


def test_marked_silences_end_together(agent: Client, house: Personas) -> None:
    one, other = silence("One"), silence("Other")
    answer = agent.post("/lists/silences/acts/end/", {"n": [one.pk, other.pk]})
    assert answer.status_code == 302
    assert Silence.objects.filter(ended_at=None).count() == 0
    assert "No active silences" in page(agent, "/alerts/silences/")


def test_integrations_are_found_by_name_tool_and_state(agent: Client, house: Personas) -> None:
    first, _sender = make_integration()
    second, _sender = make_integration("zabbix")
    with attributed(MAKER):
        Integration.objects.filter(pk=second.pk).update(active=False)

    def names(query: str = "") -> list[str]:
        return [row["Name"] for row in exported(agent, f"integrations/export.csv?{query}")]

    assert sorted(names()) == sorted([first.name, second.name])
    assert names("state=yes") == names("tool=alertmanager") == [first.name]
    assert names("state=no") == names("tool=zabbix") == [second.name]
    assert names(f"q={second.name}") == [second.name]


def test_each_state_of_a_heartbeat_finds_those_that_show_it(house: Personas) -> None:
    integration, _sender = make_integration("heartbeat")
    hour, moment = timedelta(hours=1), now()
    for name, beat in (
        ("well", moment - timedelta(minutes=1)),
        ("late", moment - hour - timedelta(minutes=1)),
        ("missing", moment - 3 * hour),
        ("paused", moment - 3 * hour),
    ):
        heartbeats.record_heartbeat(integration, name, every=hour, grace=hour, by=MAKER, at=beat)
    heartbeats.create_heartbeat(
        integration, by=MAKER, name="expected", every=hour, grace=hour, severity=Severity.MAJOR
    )
    paused = Heartbeat.objects.get(name="paused")
    heartbeats.edit_heartbeat(paused, active=False, by=MAKER, at=moment)
    heartbeats.raise_missed_heartbeats(by=MAKER, at=moment)
    actor, client = house.actor("desk_agent"), house.client("desk_agent")
    for state in HeartbeatState:
        found = heartbeats_of(seen_by=actor, state=state)
        assert [one.name for one in found] == [str(state)]
        assert found[0].pulse(now()) == state
        (row,) = exported(client, f"heartbeats/export.csv?state={state}")
        assert row["State"] == str(state.label)
    ordered = [row["Name"] for row in exported(client, "heartbeats/export.csv")]
    assert ordered[0] == "missing"
    assert ordered[-1] == "paused"


def test_the_buttons_of_a_heartbeat_say_what_they_do_now(house: Personas) -> None:
    integration, _sender = make_integration("heartbeat")
    heartbeat = heartbeats.record_heartbeat(integration, "backup", by=MAKER, at=now())
    administrator, agent = house.client("administrator"), house.client("desk_agent")
    for said, not_said in (("Pause", "Resume"), ("Resume", "Pause")):
        shown = page(administrator, "/alerts/heartbeats/")
        assert f">{said}<" in shown
        assert f">{not_said}<" not in shown
        assert ">Delete<" in shown
        administrator.post(f"/alerts/heartbeats/{heartbeat.pk}/activity/")
    assert ">Pause<" not in page(agent, "/alerts/heartbeats/")


def test_a_heartbeat_is_paused_and_expected_again_in_the_list_as_it_is_filtered(
    house: Personas,
) -> None:
    integration, _sender = make_integration("heartbeat")
    for name in ("backup", "report"):
        heartbeat = heartbeats.record_heartbeat(integration, name, by=MAKER, at=now())
    administrator = house.client("administrator")
    listed = "/alerts/heartbeats/?q=report"
    assert page(administrator, listed).count(f'name="list_address" value="{listed}"') == 2
    activity = f"/alerts/heartbeats/{heartbeat.pk}/activity/"
    answer = administrator.post(activity, {"list_address": listed}, headers={"HX-Request": "true"})
    drawn = answer.content.decode()
    assert ">Resume<" in drawn
    assert "report" in drawn
    assert "backup" not in drawn
    undo = json.loads(answer.headers["HX-Trigger"])["opale:toast"]["undo"]
    assert administrator.post(undo).headers["Location"] == listed
    assert ">Pause<" in page(administrator, listed)
