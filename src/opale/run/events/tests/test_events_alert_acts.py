"""The shelf, the owner, notes and the timeline of an alert, on its page and by API."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel.clock import now
from opale.kernel.tests.concurrency import at_once
from opale.run.events.actions import alerts, annotations, assignments, retention, shelving
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.models import Alert
from opale.run.events.states import AlertState, Severity
from opale.run.events.tests.builders import MAKER, at, clears, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def house() -> Personas:
    retention.create_partition(at(0).date())
    return make_personas()


@pytest.fixture
def agent(house: Personas) -> Client:
    return house.client("desk_agent")


@pytest.fixture
def alert(house: Personas) -> Alert:
    _integration, sender = make_integration()
    hand_in(sender, fires(0, title="Rennes link down"))
    return Alert.objects.get()


def undo_of(response: Any) -> str:
    return str(json.loads(response.headers["HX-Trigger"])["opale:toast"]["undo"])


def post(agent: Client, alert: Alert, what: str, **fields: object) -> Any:
    response = agent.post(f"/alerts/{alert.pk}/{what}/", fields, headers=HTMX)
    assert response.status_code == 200, response.content
    alert.refresh_from_db()
    return response


def test_an_alert_is_shelved_by_one_key_and_that_is_undone(agent: Client, alert: Alert) -> None:
    response = post(agent, alert, "shelf", offered=1, until="+1h")
    assert alert.state == AlertState.SHELVED
    assert alert.shelved_until is not None
    assert timedelta(minutes=59) < alert.shelved_until - now() <= timedelta(hours=1)
    assert "End snooze" in response.content.decode()
    assert f"/alerts/{alert.pk}/" not in agent.get("/alerts/").content.decode()
    assert f"/alerts/{alert.pk}/" in agent.get("/alerts/?view=shelved").content.decode()
    agent.post(undo_of(response), headers=HTMX)
    again = Alert.objects.get()
    assert (again.state, again.shelved_until) == (AlertState.OPEN, None)


def test_the_undo_of_a_shelf_leaves_what_was_seen_to_seen_to(agent: Client, alert: Alert) -> None:
    post(agent, alert, "acknowledgement")
    response = post(agent, alert, "shelf", offered=1, until="")
    assert (alert.state, alert.shelved_until) == (AlertState.SHELVED, None)
    agent.post(undo_of(response), headers=HTMX)
    alert.refresh_from_db()
    assert alert.state == AlertState.ACKNOWLEDGED


def test_another_end_is_written_in_a_form(agent: Client, alert: Alert) -> None:
    assert agent.get(f"/alerts/{alert.pk}/shelf/").status_code == 200
    for wrong in ("yesterday", "never", "+900d"):
        response = agent.post(f"/alerts/{alert.pk}/shelf/", {"until": wrong})
        assert response.status_code == 422, wrong
    response = agent.post(f"/alerts/{alert.pk}/shelf/", {"until": "+2h"})
    assert response.status_code == 302
    alert.refresh_from_db()
    assert alert.state == AlertState.SHELVED
    late = agent.post(
        f"/alerts/{alert.pk}/shelf/", {"until": "yesterday", "offered": 1}, headers=HTMX
    )
    assert late.status_code == 422
    assert "<form" not in late.content.decode()


def test_an_alert_is_owned_given_and_given_back(
    agent: Client, alert: Alert, house: Personas
) -> None:
    me, other = house.people["desk_agent"], house.people["run_engineer"]
    response = post(agent, alert, f"owner/{me.pk}")
    assert alert.owner == me
    assert "Assign to me" not in response.content.decode()
    board = agent.get("/alerts/?owner=me").content.decode()
    assert f"/alerts/{alert.pk}/" in board
    assert me.initials in board
    assert agent.get(f"/alerts/{alert.pk}/owner/").status_code == 200
    given = agent.post(f"/alerts/{alert.pk}/owner/", {"person": other.pk})
    assert given.status_code == 302
    alert.refresh_from_db()
    assert alert.owner == other
    assert alert.title not in agent.get("/alerts/?owner=me").content.decode()
    response = post(agent, alert, "owner/0")
    assert Alert.objects.get().owner is None
    agent.post(undo_of(response), headers=HTMX)
    assert Alert.objects.get().owner == other
    picked = agent.get("/alerts/pick/person/?q=engineer").content.decode()
    assert other.name in picked


def test_a_note_stands_in_the_timeline(agent: Client, alert: Alert) -> None:
    page = post(agent, alert, "notes", text="Dispatched a <b>tech</b>.").content.decode()
    assert "Dispatched a &lt;b&gt;tech&lt;/b&gt;." in page
    empty = agent.post(f"/alerts/{alert.pk}/notes/", {"text": " "}, headers=HTMX)
    assert empty.status_code == 422


def test_an_alert_that_is_open_again_is_not_over(agent: Client, alert: Alert) -> None:
    def ended() -> object:
        return agent.get(f"/api/v1/alerts/{alert.pk}").json()["cleared_at"]

    sender = make_sender(alert)
    hand_in(sender, clears(10), received_at=at(10))
    assert ended() is not None
    hand_in(sender, fires(20, title="Rennes link down"), received_at=at(20))
    assert ended() is None
    hand_in(sender, clears(30), received_at=at(30))
    alerts.close_alerts(Alert.objects.filter(pk=alert.pk), by=MAKER, at=at(40))
    alert.refresh_from_db()
    alerts.reopen_alert(alert, to=AlertState.OPEN, by=MAKER, at=at(50))
    assert ended() is None


def test_the_timeline_tells_what_changed_the_newest_first(
    agent: Client, alert: Alert, house: Personas
) -> None:
    sender = make_sender(alert)
    hand_in(sender, fires(10, severity=Severity.WARNING), received_at=at(3601))
    hand_in(sender, fires(20, severity=Severity.CRITICAL), received_at=at(3602))
    rows = Alert.objects.filter(pk=alert.pk)
    assignments.assign_alerts(rows, house.people["run_engineer"], by=MAKER, at=at(3603))
    shelving.shelve_alerts(rows, at(7200), by=MAKER, at=at(3604))
    hand_in(sender, clears(30), received_at=at(3605))
    page = agent.get(f"/alerts/{alert.pk}/").content.decode()
    told = (
        "Received as cleared.",
        "Snoozed until:",
        "Assigned to Run Engineer.",
        "Severity raised from Warning to Critical.",
        "Severity lowered from Critical to Warning.",
    )
    places = [page.index(sentence) for sentence in told]
    assert places == sorted(places)


def make_sender(alert: Alert) -> Sender:
    integration = alert.integration
    return Sender(integration.pk, integration.name, integration.format, integration.keys.get().pk)


def test_a_long_story_is_told_in_parts(agent: Client, alert: Alert) -> None:
    for number in range(60):
        assignments.add_alert_note(alert, f"note {number:02}.", by=MAKER, at=at(4000 + number))
    page = agent.get(f"/alerts/{alert.pk}/").content.decode()
    assert "note 59." in page
    assert "note 09." not in page
    assert "?shown=200" in page
    page = agent.get(f"/alerts/{alert.pk}/?shown=200").content.decode()
    assert "note 00." in page
    assert "?shown=800" not in page
    assert f'hx-get="/alerts/{alert.pk}/?shown=200"' in page
    assert agent.get(f"/alerts/{alert.pk}/?shown=x").status_code == 200


def test_a_flapping_alert_is_marked_on_the_board_and_on_its_page(
    agent: Client, alert: Alert
) -> None:
    Alert.objects.filter(pk=alert.pk).update(
        state="cleared", cleared_at=now(), flapping_since=now(), openings=[now()]
    )
    board = agent.get("/alerts/?flapping=yes").content.decode()
    assert f"/alerts/{alert.pk}/" in board
    assert 'aria-label="Flapping"' in board
    assert "Flapping" in agent.get(f"/alerts/{alert.pk}/").content.decode()


def test_everything_is_done_by_api(agent: Client, alert: Alert, house: Personas) -> None:
    def call(what: str, body: dict[str, Any] | None = None, status: int = 200) -> Any:
        url = f"/api/v1/alerts/{alert.pk}/{what}"
        response = agent.post(url, json.dumps(body or {}), content_type="application/json")
        assert response.status_code == status, response.content
        return response.json()

    until = (now() + timedelta(hours=1)).isoformat()
    shelved = call("shelve", {"until": until})
    assert (shelved["state"], shelved["timeline"][0]["kind"]) == ("shelved", "shelved")
    assert call("shelve")["shelved_until"] is None
    call("shelve", {"until": "2020-01-01T00:00:00Z"}, 422)
    call("shelve", {"until": "2020-01-01T00:00:00"}, 422)
    call("acknowledgement", status=409)
    assert call("unshelve")["state"] == "open"
    call("unshelve", status=409)
    engineer = house.people["run_engineer"]
    assert call("assign", {"person_id": engineer.pk})["owner"] == engineer.name
    assert call("assign")["owner_id"] is None
    call("assign", {"person_id": 999_999}, 404)
    note = call("notes", {"text": "Seen."}, 201)
    assert (note["text"], note["author"]) == ("Seen.", house.people["desk_agent"].name)
    call("notes", {"text": ""}, 422)
    story = agent.get(f"/api/v1/alerts/{alert.pk}/timeline?limit=2").json()
    assert [entry["kind"] for entry in story["entries"]] == ["note", "owner"]
    assert story["more"]
    found = agent.get(f"/api/v1/alerts?owner_id={engineer.pk}&state=shelved").json()
    assert found["items"] == []


@pytest.mark.django_db(transaction=True)
def test_an_act_on_many_and_batches_about_them_go_on_together() -> None:
    """They hold alerts in one order, which is not the one in which these were raised."""
    retention.create_partition(at(0).date())
    integration, sender = make_integration()
    names = [f"a{number:02}" for number in range(30)]
    for name in reversed(names):
        hand_in(sender, fires(0, name))
    rows = Alert.objects.filter(integration=integration)

    def write() -> int:
        for turn in range(1, 21):
            hand_in(sender, *(fires(turn, name) for name in names))
        return 20

    def see_to() -> int:
        for _turn in range(20):
            alerts.acknowledge_alerts(rows, by=MAKER, at=now())
            alerts.unacknowledge_alerts(rows, by=MAKER, at=now())
        return 20

    def mark() -> int:
        for turn in range(20):
            annotations.annotate_alerts(rows, tags=[f"turn-{turn}"], by=MAKER)
        return 20

    assert at_once(write, see_to, mark) == [20, 20, 20]
