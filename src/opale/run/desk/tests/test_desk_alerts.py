"""Alerts that become incidents: by rule, by one key, once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from opale.infrastructure.models import ConfigurationItem
from opale.kernel.actor import ANONYMOUS, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotAllowed
from opale.organisation.models import Team
from opale.run.desk.actions import alerts as alert_actions
from opale.run.desk.actions import classifications, lifecycle, ownership
from opale.run.desk.models import Kind, Ticket, TicketAlert
from opale.run.desk.queries import tickets
from opale.run.desk.tests.builders import House, agent_of, make_house, make_ticket
from opale.run.events.facts import AlertQualified, AlertsCleared, AlertsRisen
from opale.run.events.models import Alert, Integration
from opale.run.events.ports.incidents import incidents_of
from opale.run.events.queries.timeline import alert_timeline
from opale.run.events.states import AlertState, Severity

BY_RULE = system("rule")


def make_alert(house: House, identity: str = "a1") -> Alert:
    integration, _ = Integration.objects.get_or_create(
        name="Prometheus", defaults={"format": "alertmanager"}
    )
    now = datetime.now(UTC)
    return Alert.objects.create(
        integration=integration,
        identity=identity,
        severity=Severity.CRITICAL,
        title="Link down",
        text="Rennes - Lille does not answer.",
        service=house.service,
        customer=house.customer,
        started_at=now - timedelta(minutes=5),
        first_received_at=now,
        last_received_at=now,
        source_at=now,
    )


def clear(alert: Alert, at: datetime) -> None:
    Alert.objects.filter(pk=alert.pk).update(state=AlertState.CLEARED, cleared_at=at)


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def test_an_alert_is_qualified_as_an_incident_of_its_service_and_customer(house: House) -> None:
    ticket = alert_actions.open_incident(make_alert(house), by=agent_of(house.agent))
    assert (ticket.kind, ticket.source, ticket.customer, ticket.service) == (
        "incident",
        "event",
        house.customer,
        house.service,
    )
    assert (ticket.impact, ticket.urgency, ticket.priority) == (1, 1, 1)
    note = ticket.messages.get()
    assert (note.body, note.visibility) == ("Rennes - Lille does not answer.", "internal")


def test_an_alert_has_one_running_incident(house: House) -> None:
    alert, by = make_alert(house), agent_of(house.agent)
    first = alert_actions.open_incident(alert, by=by)
    with pytest.raises(Conflict, match=first.reference):
        alert_actions.open_incident(alert, by=by)
    lifecycle.resolve_ticket(first, by=by)
    lifecycle.close_ticket(first, by=by)
    assert alert_actions.open_incident(alert, by=by).pk != first.pk


def test_the_fact_of_a_rule_opens_one_incident_however_often_it_is_delivered(
    house: House,
) -> None:
    alert = make_alert(house)
    fact = AlertQualified(alert_id=alert.pk, rule_id=1, at=datetime.now(UTC))
    alert_actions.open_qualified_incident(fact, BY_RULE)
    alert_actions.open_qualified_incident(fact, BY_RULE)
    assert Ticket.objects.filter(alert_links__alert=alert).count() == 1


def by_rule_of_events(alert: Alert) -> Ticket:
    fact = AlertQualified(alert_id=alert.pk, rule_id=1, at=datetime.now(UTC), joins=True)
    alert_actions.open_qualified_incident(fact, BY_RULE)
    return Ticket.objects.get(alert_links__alert=alert)


def test_a_rule_of_events_joins_the_running_incident_of_the_same_service(house: House) -> None:
    first = by_rule_of_events(make_alert(house, "a1"))
    assert by_rule_of_events(make_alert(house, "a2")) == first
    by = agent_of(house.agent)
    lifecycle.resolve_ticket(first, by=by)
    lifecycle.close_ticket(first, by=by)
    assert by_rule_of_events(make_alert(house, "a3")) != first


def by_rule_of_an_integration(alert: Alert) -> Ticket:
    fact = AlertQualified(alert_id=alert.pk, rule_id=1, at=datetime.now(UTC))
    alert_actions.open_qualified_incident(fact, BY_RULE)
    return Ticket.objects.get(alert_links__alert=alert)


def test_three_alerts_of_one_router_are_one_incident_by_the_rule_of_an_integration(
    house: House,
) -> None:
    router = ConfigurationItem.objects.create(name="rt-core-1", kind="router")
    alerts = [make_alert(house, f"a{n}") for n in range(3)]
    Alert.objects.update(item=router, service=None, customer=None)
    tickets = {by_rule_of_an_integration(Alert.objects.get(pk=one.pk)) for one in alerts}
    assert len(tickets) == 1
    other = make_alert(house, "other")
    assert by_rule_of_an_integration(other) not in tickets


def test_the_rule_of_an_integration_joins_by_item_alone(house: House) -> None:
    first, second = make_alert(house, "a1"), make_alert(house, "a2")
    assert by_rule_of_an_integration(first) != by_rule_of_an_integration(second)


def state_of(alert: Alert) -> str:
    return Alert.objects.get(pk=alert.pk).state


def test_an_alert_is_acknowledged_once_somebody_works_on_its_incident(house: House) -> None:
    alert, agent = make_alert(house), agent_of(house.agent)
    ticket = by_rule_of_an_integration(alert)
    assert state_of(alert) == AlertState.OPEN
    ownership.take_ticket(ticket, by=agent)
    seen = Alert.objects.get(pk=alert.pk)
    assert (seen.state, seen.owner) == (AlertState.ACKNOWLEDGED, house.agent)


def test_an_alert_that_joins_an_incident_in_work_is_acknowledged(house: House) -> None:
    router = ConfigurationItem.objects.create(name="rt-core-1", kind="router")
    first, second = make_alert(house, "a1"), make_alert(house, "a2")
    Alert.objects.update(item=router)
    ticket = by_rule_of_an_integration(first)
    assert by_rule_of_an_integration(Alert.objects.get(pk=second.pk)) == ticket
    assert state_of(second) == AlertState.OPEN
    ownership.take_ticket(ticket, by=agent_of(house.agent))
    third = make_alert(house, "a3")
    Alert.objects.filter(pk=third.pk).update(item=router)
    assert by_rule_of_an_integration(Alert.objects.get(pk=third.pk)) == ticket
    assert {state_of(one) for one in (first, second, third)} == {AlertState.ACKNOWLEDGED}


def test_who_opens_an_incident_by_hand_has_seen_its_alert(house: House) -> None:
    alert = make_alert(house)
    alert_actions.open_incident(alert, by=agent_of(house.agent))
    assert state_of(alert) == AlertState.ACKNOWLEDGED


def test_a_take_that_is_undone_leaves_the_alert_unacknowledged(house: House) -> None:
    alert = make_alert(house)
    ticket = by_rule_of_an_integration(alert)
    taker = agent_of(house.other if ticket.owner_id == house.agent.pk else house.agent)
    ownership.take_ticket(ticket, by=taker)
    ownership.give_back(ticket, by=taker)
    assert state_of(alert) == AlertState.OPEN


def test_lines_of_alerts_name_their_running_incident(house: House) -> None:
    alert, agent = make_alert(house), agent_of(house.agent)
    ticket = by_rule_of_an_integration(alert)
    (told,) = incidents_of([alert.pk], seen_by=agent).values()
    assert (told.reference, told.in_work) == (ticket.reference, False)
    assert incidents_of([alert.pk], seen_by=ANONYMOUS) == {}
    ownership.take_ticket(ticket, by=agent)
    assert incidents_of([alert.pk], seen_by=agent)[alert.pk].in_work
    lifecycle.resolve_ticket(ticket, by=agent)
    lifecycle.close_ticket(ticket, by=agent)
    assert incidents_of([alert.pk], seen_by=agent) == {}


def test_an_alert_about_nothing_known_joins_no_incident(house: House) -> None:
    alerts = [make_alert(house, "a1"), make_alert(house, "a2")]
    Alert.objects.update(service=None, customer=None)
    first, second = (by_rule_of_events(alert) for alert in alerts)
    assert first != second


def test_an_alert_joins_no_incident_of_another_customer(house: House) -> None:
    item = ConfigurationItem.objects.create(name="rt-core-1", kind="router")
    mine, nobodys = make_alert(house, "a1"), make_alert(house, "a2")
    Alert.objects.update(item=item)
    Alert.objects.filter(pk=nobodys.pk).update(customer=None, service=None)
    assert by_rule_of_events(nobodys) != by_rule_of_events(mine)


def test_the_team_that_a_rule_routed_the_alert_to_is_asked(house: House) -> None:
    alert = make_alert(house)
    with attributed(BY_RULE):
        team = Team.objects.create(
            name="Routing",
            kind=Team.Kind.RUN_ENGINEERING,
            pillar="run",
            manager=house.manager,
            company=house.desk.company,
        )
    Alert.objects.filter(pk=alert.pk).update(team=team)
    ticket = by_rule_of_events(alert)
    assert list(ticket.assignments.values_list("team", flat=True)) == [team.pk]


def test_who_may_not_work_at_the_desk_opens_no_incident(house: House) -> None:
    with pytest.raises(NotAllowed):
        alert_actions.open_incident(make_alert(house), by=ANONYMOUS)


def test_the_end_of_the_last_alert_is_proposed_as_the_time_of_restoration(house: House) -> None:
    by = agent_of(house.agent)
    one, two = make_alert(house, "a1"), make_alert(house, "a2")
    ticket = alert_actions.open_incident(one, by=by)
    alert_actions.attach_alert(ticket, two, by=by)
    first, last = datetime.now(UTC) + timedelta(minutes=1), datetime.now(UTC) + timedelta(minutes=2)
    clear(two, last)
    assert tickets.proposed_restoration(ticket) is None
    clear(one, first)
    assert tickets.proposed_restoration(ticket) == last
    assert Ticket.objects.get(pk=ticket.pk).restored_at is None


def test_a_cleared_alert_wakes_the_page_of_its_incident(house: House) -> None:
    alert = make_alert(house)
    ticket = alert_actions.open_incident(alert, by=agent_of(house.agent))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_change")
    alert_actions.refresh_pages_of_cleared_alerts(
        AlertsCleared(alert_ids=(alert.pk,), at=datetime.now(UTC)), BY_RULE
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT topic FROM kernel_change")
        assert (f"desk.ticket:{ticket.pk}",) in cursor.fetchall()


def test_an_alert_that_got_worse_is_noted_once_on_its_incident(house: House) -> None:
    alert, other = make_alert(house), make_alert(house, "other")
    ticket = alert_actions.open_incident(alert, by=agent_of(house.agent))
    fact = AlertsRisen(alert_ids=(alert.pk, other.pk), at=datetime.now(UTC))
    alert_actions.add_risen_alert_notes(fact, BY_RULE)
    note = ticket.messages.latest("id")
    assert (note.visibility, note.author) == ("internal", "Opale")
    assert "Link down" in note.body
    lifecycle.resolve_ticket(ticket, by=agent_of(house.agent))
    lifecycle.close_ticket(ticket, by=agent_of(house.agent))
    alert_actions.add_risen_alert_notes(fact, BY_RULE)
    assert ticket.messages.latest("id") == note


def test_the_timeline_of_an_alert_names_its_incident(house: House) -> None:
    alert, by = make_alert(house), agent_of(house.agent)
    ticket = alert_actions.open_incident(alert, by=by)
    story, older = alert_timeline(alert, seen_by=by)
    told = [one for one in story if one.kind == "incident"]
    assert [(one.target, one.url) for one in told] == [
        (ticket.reference, f"/tickets/{ticket.number}/")
    ]
    assert not older
    assert [
        one for one in alert_timeline(alert, seen_by=ANONYMOUS)[0] if one.kind == "incident"
    ] == []


def test_an_alert_attached_to_a_request_makes_it_an_incident(house: House) -> None:
    by = agent_of(house.agent)
    ticket = make_ticket(house)
    classifications.qualify_ticket(ticket, Kind.REQUEST, by=by)
    alert_actions.attach_alert(ticket, make_alert(house), by=by)
    assert Ticket.objects.get(pk=ticket.pk).kind == "incident"
    assert TicketAlert.objects.filter(ticket=ticket).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_person_and_a_rule_at_the_same_moment_open_one_incident() -> None:
    house = make_house()
    alert, start = make_alert(house), threading.Barrier(2)
    outcomes: list[str] = []

    def by_hand() -> None:
        start.wait(5)
        try:
            alert_actions.open_incident(alert, by=agent_of(house.agent))
            outcomes.append("opened")
        except Conflict:
            outcomes.append("told")
        finally:
            connection.close()

    def by_rule() -> None:
        start.wait(5)
        try:
            alert_actions.open_incident(alert, by=BY_RULE)
            outcomes.append("opened")
        except Conflict:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=by_hand), threading.Thread(target=by_rule)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["opened", "told"]
    assert Ticket.objects.count() == 1
