"""Several alerts at once: tried, put into one incident, taken out of it again."""

from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.infrastructure.models import ConfigurationItem
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.run.desk.models import Ticket
from opale.run.events.actions import retention
from opale.run.events.actions.assignments import assign_alerts
from opale.run.events.models import Alert, Silence
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.states import AlertState, Severity
from opale.run.events.tests.builders import MAKER, at, clears, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ACTS = "/lists/alerts/acts"


@pytest.fixture
def house() -> Personas:
    retention.create_partition(at(0).date())
    NAME_CACHE.forget()
    return make_personas()


@pytest.fixture
def agent(house: Personas) -> Client:
    return house.client("desk_agent")


@pytest.fixture
def storm(house: Personas) -> list[Alert]:
    """Four alerts of two routers, the worst last; and one that is over."""
    with attributed(MAKER):
        for number in (1, 2):
            ConfigurationItem.objects.create(name=f"rt-{number}", kind="router")
    _integration, sender = make_integration()
    grades = (Severity.MINOR, Severity.MAJOR, Severity.MAJOR, Severity.CRITICAL)
    hand_in(
        sender,
        *(
            fires(n, f"a{n}", grade, f"Port {n}", host=f"rt-{n % 2 + 1}")
            for n, grade in enumerate(grades)
        ),
        fires(0, "over", Severity.MINOR, "Over"),
        clears(5, "over"),
    )
    return list(Alert.objects.order_by("identity"))


def keys(alerts: list[Alert]) -> list[str]:
    return [str(one.pk) for one in alerts]


def states() -> list[str]:
    return list(Alert.objects.order_by("identity").values_list("state", flat=True))


def undo_of(page: Any) -> str:
    """Return the address of the toast that the next page shows."""
    *_before, said = page.context["messages"]
    return str(said.extra_tags)


def test_an_act_is_shown_first_with_what_refuses_and_why(agent: Client, storm: list[Alert]) -> None:
    before = states()
    asked = {"n": keys(storm), "list_address": "/alerts/?by=item"}
    page = agent.post(f"{ACTS}/acknowledge/", asked)
    assert sorted(map(str, page.context["names"])) == ["Port 0", "Port 1", "Port 2", "Port 3"]
    ((name, reason),) = page.context["refused"]
    assert (str(name), "Cleared" in reason) == ("Over", True)
    assert page.context["back"] == "/alerts/?by=item"
    assert states() == before


def test_many_are_acknowledged_and_the_toast_undoes_it(agent: Client, storm: list[Alert]) -> None:
    asked = {"n": keys(storm), "confirmed": "1", "list_address": "/alerts/"}
    page = agent.post(f"{ACTS}/acknowledge/", asked, follow=True)
    assert page.redirect_chain == [("/alerts/", 302)]
    assert states().count(AlertState.ACKNOWLEDGED) == 4
    answer = agent.post(undo_of(page), headers=HTMX)
    assert answer.headers["HX-Refresh"] == "true"
    assert states().count(AlertState.OPEN) == 4


def test_an_undo_leaves_what_changed_since(agent: Client, storm: list[Alert]) -> None:
    asked = {"n": keys(storm[:2]), "confirmed": "1", "list_address": "/alerts/"}
    page = agent.post(f"{ACTS}/acknowledge/", asked, follow=True)
    agent.post(f"/alerts/{storm[0].pk}/closure/")
    agent.post(undo_of(page))
    assert states()[:2] == [AlertState.CLOSED, AlertState.OPEN]


def test_marked_alerts_are_one_incident_of_the_worst_of_them(
    agent: Client, storm: list[Alert]
) -> None:
    asked = {"n": keys(storm[:4]), "given": "1", "incident": "", "list_address": "/alerts/"}
    preview = agent.post(f"{ACTS}/incident/", asked)
    assert len(preview.context["names"]) == 4
    assert Ticket.objects.count() == 0
    page = agent.post(f"{ACTS}/incident/", {**asked, "confirmed": "1"}, follow=True)
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.priority, ticket.alert_links.count()) == ("Port 3", 1, 4)
    assert page.content.decode().count(ticket.reference) >= 4
    agent.post(undo_of(page))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.alert_links.count()) == ("cancelled", 0)
    assert states().count(AlertState.OPEN) == 4


def test_an_alert_of_an_item_with_a_running_incident_brings_the_others_into_it(
    agent: Client, storm: list[Alert]
) -> None:
    agent.post(f"/alerts/{storm[3].pk}/incident/")
    ticket = Ticket.objects.get()
    asked = {"n": keys(storm[:4]), "given": "1", "confirmed": "1", "list_address": "/alerts/"}
    page = agent.post(f"{ACTS}/incident/", asked, follow=True)
    assert Ticket.objects.get().alert_links.count() == 4
    agent.post(undo_of(page))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.alert_links.count()) == ("new", 1)


def test_marked_alerts_are_assigned_and_silenced(
    agent: Client, house: Personas, storm: list[Alert]
) -> None:
    other = house.actor("run_engineer").person_id
    marked = {"n": keys(storm[:2]), "given": "1", "confirmed": "1", "list_address": "/alerts/"}
    page = agent.post(f"{ACTS}/assign/", {**marked, "person": other}, follow=True)
    assert set(Alert.objects.values_list("owner", flat=True)) == {other, None}
    agent.post(undo_of(page))
    assert set(Alert.objects.values_list("owner", flat=True)) == {None}
    marked["n"] = keys([*storm[:2], storm[4]])
    said = {**marked, "until": "+2h", "comment": "Planned work"}
    page = agent.post(f"{ACTS}/silence/", said, follow=True)
    # Those of the same router have the same labels here; what has no labels is silenced by nothing.
    assert Silence.objects.count() == 2
    assert not Alert.objects.filter(pk=storm[4].pk, silence__isnull=False).exists()
    agent.post(undo_of(page))
    assert not Silence.objects.filter(ended_at=None).exists()


def test_an_undo_takes_no_alert_from_who_has_it_since(
    agent: Client, house: Personas, storm: list[Alert]
) -> None:
    engineer, other = (house.people[one] for one in ("run_engineer", "desk_agent"))
    marked = {"n": keys(storm[:2]), "given": "1", "confirmed": "1", "list_address": "/alerts/"}
    page = agent.post(f"{ACTS}/assign/", {**marked, "person": engineer.pk}, follow=True)
    first = Alert.objects.filter(pk=storm[0].pk)
    assign_alerts(first, other, by=house.actor("run_engineer"), at=now())
    agent.post(undo_of(page))
    owners = Alert.objects.filter(pk__in=[one.pk for one in storm[:2]]).order_by("identity")
    assert list(owners.values_list("owner", flat=True)) == [other.pk, None]


@pytest.mark.parametrize(
    ("act", "said"),
    [("acknowledge", {}), ("close", {}), ("incident", {}),
     ("silence", {"until": "+2h", "comment": "Planned work"})],
)  # fmt: skip
def test_an_undo_that_is_pressed_twice_or_by_a_stranger_is_no_failure(
    agent: Client, house: Personas, storm: list[Alert], act: str, said: dict[str, str]
) -> None:
    marked = {"n": keys(storm[:2]), "given": "1", "confirmed": "1", "list_address": "/alerts/"}
    page = agent.post(f"{ACTS}/{act}/", {**marked, **said}, follow=True)
    undo = undo_of(page)
    for name in ("customer_contact", "project_manager"):
        assert house.client(name).post(undo).status_code in (403, 404), name
    for _time in range(2):
        assert agent.post(undo, headers=HTMX).status_code == 200
    assert agent.post(f"{undo[:-2]}x/").status_code == 404


def test_programs_try_do_and_undo_an_act_on_many(house: Personas, storm: list[Alert]) -> None:
    agent = house.client("desk_agent")

    def post(address: str, body: dict[str, Any]) -> Any:
        return agent.post(f"/api/v1/alerts/bulk{address}", body, content_type="application/json")

    body = {"ids": [one.pk for one in storm], "act": "incident"}
    tried = post("", {**body, "dry_run": True}).json()
    assert (len(tried["done"]), tried["undo"], Ticket.objects.count()) == (5, "", 0)
    done = post("", body).json()
    assert Ticket.objects.get().alert_links.count() == 5
    again = post("", body).json()
    reasons = {one["reason"] for one in again["refused"]}
    assert reasons == {f"Incident {Ticket.objects.get().reference} already handles this alert."}
    undone = post("/undo", {"undo": done["undo"]}).json()
    assert len(undone["done"]) == 5
    refused = post("", {**body, "act": "assign"})
    assert (refused.status_code, "person" in refused.json()["fields"]) == (422, True)


def test_who_only_reads_marks_nothing(house: Personas, storm: list[Alert]) -> None:
    agent = house.client("desk_agent").get("/alerts/").content.decode()
    assert agent.count('form="alerts-acts" data-mark ') == 4
    reader = house.client("project_manager").get("/alerts/")
    assert "alerts-acts" not in reader.content.decode()
