"""The board, the page of an alert and the integrations, in a browser's requests and by API."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.html import escape
from tests.personas import Personas, make_personas

from opale.infrastructure import rights as infrastructure_rights
from opale.infrastructure.models import Site
from opale.kernel.actor import SHARED
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict
from opale.run.events.actions import alerts, retention
from opale.run.events.domain.label_mapping import LabelMapping
from opale.run.events.models import Alert, Integration, IntegrationKey, QualificationRule
from opale.run.events.queries.alerts import valid_keys
from opale.run.events.states import AlertState, Severity
from opale.run.events.tests.builders import MAKER, at, clears, fires, hand_in, make_integration
from opale.run.events.web import alerts as pages
from opale.ui.tests.drawing import box, drawn

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
    hand_in(sender, fires(0, title="Rennes link down", host="rt-ren-01"))
    return Alert.objects.get()


def test_the_board_shows_the_worst_first(agent: Client, house: Personas) -> None:
    _integration, sender = make_integration()
    hand_in(
        sender,
        fires(0, "a", Severity.WARNING, "Fan slow"),
        fires(0, "b", Severity.CRITICAL, "Link down"),
        fires(0, "c", Severity.CRITICAL, "All over"),
        clears(5, "c"),
    )
    page = agent.get("/alerts/").content.decode()
    assert page.index("Link down") < page.index("Fan slow")
    assert "All over" not in page
    assert "All over" in agent.get("/alerts/?view=cleared").content.decode()


def test_the_board_is_read_in_columns(agent: Client, house: Personas) -> None:
    _integration, sender = make_integration()
    hand_in(
        sender,
        fires(0, "a", Severity.WARNING, "Fan slow"),
        fires(0, "b", Severity.CRITICAL, "Link down"),
    )
    with attributed(MAKER):
        Alert.objects.filter(title="Fan slow").update(
            customer=house.customer, state=AlertState.ACKNOWLEDGED
        )
    pages = {"/alerts/": agent.get("/alerts/").content}
    with drawn(pages, "/alerts/") as page:
        lines = page.locator(".e-board > .o-line").all()
        assert len(lines) == 2
        for column in (".o-title", ".e-customer", ".e-source", ".e-state", ".e-since"):
            lefts = {box(line.locator(column))["x"] for line in lines}
            assert len(lefts) == 1, column
        page.set_viewport_size({"width": 360, "height": 780})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=rennes", True),
        ("q=RT-REN-01", True),
        ("q=hurts", True),
        ("q=link+rennes", True),
        ("q=lille", False),
        ("q=%25", False),
        ("severity=critical", True),
        ("view=acknowledged", False),
        ("view=nonsense&severity=nonsense&integration=nonsense&after=nonsense", True),
        ("integration=999999", False),
    ],
)
def test_the_address_narrows_the_board(
    agent: Client, alert: Alert, query: str, shown: bool
) -> None:
    for headers in ({}, HTMX):
        page = agent.get(f"/alerts/?{query}", headers=headers)
        assert (f"/alerts/{alert.pk}/" in page.content.decode()) is shown


def test_a_search_that_nothing_answers_says_where_something_keeps_quiet(
    agent: Client, alert: Alert
) -> None:
    def links(query: str) -> set[str]:
        page = agent.get(f"/alerts/?{query}").content.decode()
        return set(re.findall(r'<a class="btn[^"]*" href="([^"]*view=[^"]*)"', page))

    assert links("q=lille") == set()
    with attributed(MAKER):
        Alert.objects.filter(pk=alert.pk).update(held_until=now() + timedelta(hours=1))
    assert links("q=rennes") == {"?q=rennes&amp;view=muted"}
    assert links("q=rennes&view=open") == {"?q=rennes&amp;view=muted"}
    assert links("") == {"?view=muted"}
    assert links("q=lille") == set()
    assert links("q=rennes&view=cleared") == set()
    with attributed(MAKER):
        Alert.objects.filter(pk=alert.pk).update(
            held_until=None, state=AlertState.SHELVED, shelved_until=now() + timedelta(hours=1)
        )
    assert links("q=rennes&severity=major") == {"?q=rennes&amp;severity=major&amp;view=shelved"}


def test_an_alert_says_what_it_is_and_shows_the_words_of_its_source(
    agent: Client, alert: Alert
) -> None:
    page = agent.get(f"/alerts/{alert.pk}/").content.decode()
    for words in ("Rennes link down", "It hurts.", "rt-ren-01", "&quot;said&quot;", "Acknowledge"):
        assert words in page


def test_an_alert_does_not_name_a_site_that_its_reader_may_not_see(
    house: Personas, alert: Alert
) -> None:
    site = Site.objects.create(
        code="ACME1", name="Acme Rennes", kind="customer_site", country="FR",
        customer=house.customer,
    )  # fmt: skip
    Alert.objects.update(site=site)
    agent = house.actor("desk_agent")
    narrow = replace(agent, grants={**agent.grants, infrastructure_rights.READ: SHARED})
    request: Any = RequestFactory().get("/")
    request.htmx = False
    for actor, named in ((agent, True), (narrow, False)):
        request.actor = actor
        shown = b"".join(pages.show(request, alert.pk)).decode()
        assert "Rennes link down" in shown
        assert ("Acme Rennes" in shown) is named


def test_an_alert_links_to_what_its_source_says_is_to_be_done(agent: Client, alert: Alert) -> None:
    assert "Runbook" not in agent.get(f"/alerts/{alert.pk}/").content.decode()
    address = "https://runbooks.example.net/link?down=1&again=2"
    Alert.objects.update(raw={"annotations": {"runbook_url": address}})
    page = agent.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Runbook" in page
    assert f'href="{escape(address)}"' in page
    assert ">runbooks.example.net</a>" in page


def test_an_alert_is_acknowledged_withdrawn_closed_and_taken_back(
    agent: Client, alert: Alert
) -> None:
    def press(what: str) -> str:
        response = agent.post(f"/alerts/{alert.pk}/{what}/", headers=HTMX)
        assert response.status_code == 200
        alert.refresh_from_db()
        toast = json.loads(response.headers["HX-Trigger"])["opale:toast"]
        return str(toast["undo"])

    undo = press("acknowledgement")
    assert alert.state == AlertState.ACKNOWLEDGED
    assert agent.post(undo, headers=HTMX).status_code == 200
    alert.refresh_from_db()
    assert alert.state == AlertState.OPEN
    undo = press("closure")
    assert alert.state == AlertState.CLOSED
    agent.post(undo, headers=HTMX)
    alert.refresh_from_db()
    assert (alert.state, alert.closed_at) == (AlertState.OPEN, None)


def test_an_acknowledgement_that_crosses_a_clear_is_refused(agent: Client, alert: Alert) -> None:
    Alert.objects.filter(pk=alert.pk).update(state="cleared", cleared_at=now())
    response = agent.post(f"/alerts/{alert.pk}/acknowledgement/", headers=HTMX)
    assert response.status_code == 409


def test_a_closing_is_not_taken_back_over_a_new_alert(alert: Alert) -> None:
    alerts.close_alerts(Alert.objects.filter(pk=alert.pk), by=MAKER, at=now())
    Alert.objects.create(
        integration=alert.integration,
        identity=alert.identity,
        severity=5,
        title="again",
        started_at=now(),
        first_received_at=now(),
        last_received_at=now(),
        source_at=now(),
    )
    with pytest.raises(Conflict):
        alerts.reopen_alert(alert, to=AlertState.OPEN, by=MAKER, at=now())


def test_quiet_alerts_are_closed_after_their_time(alert: Alert) -> None:
    moment = now()
    Alert.objects.filter(pk=alert.pk).update(
        state="cleared", cleared_at=moment, last_received_at=moment
    )
    hour = timedelta(hours=1)
    assert alerts.close_quiet_alerts(by=MAKER, at=moment, quiet_for=hour) == []
    later = moment + hour
    assert alerts.close_quiet_alerts(by=MAKER, at=later, quiet_for=hour) == [alert.pk]


def test_a_new_integration_shows_its_address_once(house: Personas) -> None:
    client = house.client("tools_engineer")
    made = {"name": "Prometheus Paris", "format": "alertmanager"}
    page = client.post("/events/integrations/new/", made)
    integration = Integration.objects.get(name="Prometheus Paris")
    url = page.context["url"]
    assert url in page.content.decode()
    assert "webhook_configs" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert url not in client.get(f"/events/integrations/{integration.pk}/").content.decode()
    assert client.post("/events/integrations/new/", made).status_code == 422


def test_what_the_tool_needs_is_offered_with_its_key(house: Personas) -> None:
    made = {"name": "Nagios Paris", "format": "nagios"}
    page = house.client("tools_engineer").post("/events/integrations/new/", made)
    assert f'href="{page.context["url"]}/opale-notify"' in page.content.decode()


def test_a_new_key_lets_the_old_one_live_on_for_a_while(house: Personas) -> None:
    integration, _sender = make_integration()
    house.client("tools_engineer").post(f"/events/integrations/{integration.pk}/keys/")
    moment = now()
    assert valid_keys(at=moment).filter(integration=integration).count() == 2
    assert valid_keys(at=moment + timedelta(days=8)).filter(integration=integration).count() == 1


def test_an_ended_key_and_an_integration_not_heard_open_nothing(house: Personas) -> None:
    client, (integration, sender) = house.client("tools_engineer"), make_integration()
    url = f"/events/integrations/{integration.pk}"
    client.post(f"{url}/activity/")
    assert not valid_keys(at=now()).filter(integration=integration).exists()
    client.post(f"{url}/activity/")
    assert valid_keys(at=now()).filter(integration=integration).exists()
    client.post(f"{url}/keys/{sender.key_id}/end/")
    assert not valid_keys(at=now()).filter(integration=integration).exists()
    assert IntegrationKey.objects.filter(integration=integration).exists()


def test_rules_are_added_refused_and_removed(house: Personas) -> None:
    client, (integration, _sender) = house.client("tools_engineer"), make_integration()
    url = f"/events/integrations/{integration.pk}/rules/"
    rule = {"name": "Critical", "minimum_severity": "5", "seconds": "60"}
    assert client.post(url, rule, headers=HTMX).status_code == 200
    assert client.post(url, rule, headers=HTMX).status_code == 422
    assert client.post(url, rule | {"seconds": "-1"}, headers=HTMX).status_code == 422
    found = QualificationRule.objects.get(integration=integration)
    assert found.open_for == timedelta(minutes=1)
    client.post(f"{url}{found.pk}/removal/", headers=HTMX)
    assert not QualificationRule.objects.exists()


def test_labels_are_shown_changed_and_refused(house: Personas) -> None:
    client, (integration, _sender) = house.client("tools_engineer"), make_integration()
    page = f"/events/integrations/{integration.pk}/"
    assert "hostname" in client.get(page).content.decode()
    labels = {"item_labels": "equipement, host", "service_labels": "", "customer_labels": "client"}
    labels["site_labels"] = "site"
    assert client.post(f"{page}labels/", labels, headers=HTMX).status_code == 200
    integration.refresh_from_db()
    assert integration.naming == LabelMapping(("equipement", "host"), (), ("client",), ("site",))
    twice = labels | {"customer_labels": "client client"}
    assert client.post(f"{page}labels/", twice, headers=HTMX).status_code == 422


def test_the_api_changes_labels(house: Personas) -> None:
    client, (integration, _sender) = house.client("tools_engineer"), make_integration()
    url = f"/api/v1/integrations/{integration.pk}"
    assert client.get(url).json()["service_labels"] == list(LabelMapping().services)
    labels = {"item_labels": ["host"], "service_labels": ["prestation"], "customer_labels": []}
    answer = client.put(f"{url}/labels", labels, content_type="application/json")
    assert (answer.status_code, answer.json() | labels) == (200, answer.json())


def test_the_api_finds_an_alert_and_tells_its_timeline(agent: Client, alert: Alert) -> None:
    (found,) = agent.get("/api/v1/alerts?q=rt-ren-01").json()["items"]
    assert (found["id"], found["state"], found["severity"]) == (alert.pk, "open", "critical")
    assert agent.get("/api/v1/alerts?q=lille").json()["items"] == []
    whole = agent.get(f"/api/v1/alerts/{alert.pk}").json()
    assert (whole["title"], whole["text"]) == ("Rennes link down", "It hurts.")
    assert (whole["labels"], whole["raw"]) == ({"host": "rt-ren-01"}, {"said": "Rennes link down"})
    assert [line["kind"] for line in whole["timeline"]] == ["received"]


def test_the_board_speaks_french(agent: Client, alert: Alert) -> None:
    with translation.override("fr"):
        page = agent.get("/alerts/", headers={"Accept-Language": "fr"})
    assert page.status_code == 200


def test_pages_stay_within_their_queries(
    agent: Client, alert: Alert, django_assert_max_num_queries: object
) -> None:
    for url in ("/alerts/", f"/alerts/{alert.pk}/", "/events/integrations/"):
        with django_assert_max_num_queries(25):  # type: ignore[operator]  # a fixture without type
            assert agent.get(url).status_code == 200


def test_how_much_an_integration_may_bring_is_set_on_its_page_and_by_api(house: Personas) -> None:
    integration, _sender = make_integration()
    administrator = house.client("tools_engineer")
    url = f"/events/integrations/{integration.pk}/"
    assert "No limit." in administrator.get(url).content.decode()
    page = administrator.post(f"{url}limit/", {"events_per_minute": "600"}, headers=HTMX)
    assert "600 events per minute and key" in page.content.decode()
    for wrong in ("0", "-1", "x", "1000001"):
        answer = administrator.post(f"{url}limit/", {"events_per_minute": wrong}, headers=HTMX)
        assert answer.status_code == 422, wrong
    api = f"/api/v1/integrations/{integration.pk}"

    def change(body: dict[str, object]) -> int:
        return administrator.patch(
            api, json.dumps(body), content_type="application/json"
        ).status_code

    assert administrator.get(api).json()["events_per_minute"] == 600
    assert change({"name": "Other name"}) == 200
    assert Integration.objects.get(pk=integration.pk).events_per_minute == 600
    assert change({"events_per_minute": None}) == 200
    assert Integration.objects.get(pk=integration.pk).events_per_minute is None
    assert change({"events_per_minute": 0}) == 422
