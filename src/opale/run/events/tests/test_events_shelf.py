"""The shelf, owners and notes: what people put away, whose it is, and what they write down."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.personas import Personas, make_personas

from opale.kernel.actor import ANONYMOUS, Actor
from opale.kernel.clock import now
from opale.kernel.errors import IllegalMove, Invalid, NotFound, OpaleError
from opale.kernel.models import Fact, StateMove
from opale.organisation.facts import PersonLeft
from opale.organisation.queries.identity import actor_of
from opale.run.events.actions import (
    alerts,
    assignments,
    integrations,
    qualification,
    retention,
    shelving,
)
from opale.run.events.actions.shelving import TIMER_JOB
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.models import Alert, AlertChange, AlertNote, AlertsQuerySet, Integration
from opale.run.events.states import AlertState, Severity
from opale.run.events.tests.builders import (
    MAKER,
    alert_of,
    at,
    clears,
    fires,
    hand_in,
    make_integration,
)

pytestmark = pytest.mark.django_db
S = AlertState


@pytest.fixture
def house() -> Personas:
    for day in {at(0).date(), at(3600).date(), now().date()}:
        retention.create_partition(day)
    return make_personas()


@pytest.fixture
def source(house: Personas) -> tuple[Integration, Sender]:
    return make_integration()


@pytest.fixture
def agent(house: Personas) -> Actor:
    return actor_of(house.users["desk_agent"])


def rows(alert: Alert) -> AlertsQuerySet[Alert]:
    return Alert.objects.filter(pk=alert.pk)


def calls() -> list[str]:
    facts = Fact.objects.filter(name="events.AlertsCall").order_by("id")
    return [fact.body["reason"] for fact in facts]


def test_a_shelved_alert_comes_back_when_its_time_is_over_and_it_is_still_bad(
    source: tuple[Integration, Sender], agent: Actor
) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    alert = alert_of(integration)
    shelving.shelve_alerts(rows(alert), at(900), by=agent, at=at(60))
    alert.refresh_from_db()
    assert (alert.state, alert.shelved_until) == (S.SHELVED, at(900))
    job = ProcrastinateJob.objects.get(task_name=TIMER_JOB)
    assert job.scheduled_at == at(900)
    assert shelving.unshelve_due_alerts(by=MAKER, at=at(899)) == []
    assert shelving.unshelve_due_alerts(by=MAKER, at=at(5000)) == [alert.pk]
    assert shelving.unshelve_due_alerts(by=MAKER, at=at(5001)) == []
    alert.refresh_from_db()
    assert (alert.state, alert.shelved_until) == (S.OPEN, None)
    assert calls() == ["raised", "unshelved"]


def test_a_shelved_alert_that_clears_is_cleared_and_opens_again_loudly(
    source: tuple[Integration, Sender], agent: Actor
) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    alert = alert_of(integration)
    shelving.shelve_alerts(rows(alert), None, by=agent, at=at(60))
    hand_in(sender, fires(100))
    assert alert_of(integration).state == S.SHELVED
    hand_in(sender, clears(200))
    assert (alert_of(integration).state, alert_of(integration).shelved_until) == (S.CLEARED, None)
    assert shelving.unshelve_due_alerts(by=MAKER, at=at(90_000)) == []
    assert calls() == ["raised"]
    hand_in(sender, fires(300))
    assert alert_of(integration).state == S.OPEN
    assert calls() == ["raised", "raised"]


def test_a_shelf_gets_a_new_end_and_never_one_in_the_past(
    source: tuple[Integration, Sender], agent: Actor
) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    alert = alert_of(integration)
    shelving.shelve_alerts(rows(alert), at(900), by=agent, at=at(60))
    shelving.shelve_alerts(rows(alert), at(1800), by=agent, at=at(70))
    for wrong in (at(70), at(70) + timedelta(days=400)):
        with pytest.raises(Invalid):
            shelving.shelve_alerts(rows(alert), wrong, by=agent, at=at(70))
    ends = AlertChange.objects.filter(kind="shelved").order_by("id").values_list("until", flat=True)
    assert list(ends) == [at(900), at(1800)]


def test_a_shelved_alert_becomes_no_incident_by_rule_until_it_is_back(
    source: tuple[Integration, Sender], agent: Actor
) -> None:
    integration, sender = source
    integrations.add_rule(
        integration,
        name="critical",
        minimum_severity=Severity.CRITICAL,
        open_for=timedelta(seconds=60),
        by=MAKER,
    )
    hand_in(sender, fires(0))
    alert = alert_of(integration)
    shelving.shelve_alerts(rows(alert), at(900), by=agent, at=at(30))
    assert qualification.qualify_due_alerts(by=MAKER, at=at(300)) == []
    shelving.unshelve_due_alerts(by=MAKER, at=at(900))
    assert qualification.qualify_due_alerts(by=MAKER, at=at(901)) == [alert.pk]


def test_an_undone_shelf_leaves_what_was_seen_to_seen_to(
    source: tuple[Integration, Sender], agent: Actor
) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    alert = alert_of(integration)
    alerts.acknowledge_alerts(rows(alert), by=agent, at=at(10))
    shelving.shelve_alerts(rows(alert), None, by=agent, at=at(20))
    shelving.unshelve_alerts(rows(alert), by=agent, at=at(21), to=S.ACKNOWLEDGED)
    assert alert_of(integration).state == S.ACKNOWLEDGED
    assert calls() == ["raised"]


def test_a_closed_shelved_alert_goes_back_to_its_shelf(
    source: tuple[Integration, Sender], agent: Actor
) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    alert = alert_of(integration)
    shelving.shelve_alerts(rows(alert), at(900), by=agent, at=at(20))
    alerts.close_alerts(rows(alert), by=agent, at=at(30))
    alerts.reopen_alert(alert, to=S.SHELVED, by=agent, at=at(40))
    alert.refresh_from_db()
    assert (alert.state, alert.shelved_until) == (S.SHELVED, at(900))


@pytest.mark.parametrize("state", [S.CLEARED, S.CLOSED])
def test_what_is_over_is_not_shelved(
    source: tuple[Integration, Sender], agent: Actor, state: S
) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    hand_in(sender, clears(10))
    alert = alert_of(integration)
    if state == S.CLOSED:
        alerts.close_alerts(rows(alert), by=agent, at=at(20))
    with pytest.raises(IllegalMove):
        shelving.shelve_alerts(rows(alert), None, by=agent, at=at(30))


def test_who_acknowledges_owns_what_nobody_owns(
    house: Personas, source: tuple[Integration, Sender], agent: Actor
) -> None:
    integration, sender = source
    hand_in(sender, fires(0, "a"), fires(0, "b"))
    engineer = house.people["run_engineer"]
    assignments.assign_alerts(rows(alert_of(integration, "b")), engineer, by=agent, at=at(5))
    alerts.acknowledge_alerts(Alert.objects.all(), by=agent, at=at(10))
    assert alert_of(integration, "a").owner == house.people["desk_agent"]
    assert alert_of(integration, "b").owner == engineer
    alerts.unacknowledge_alerts(Alert.objects.all(), by=agent, at=at(20))
    assert alert_of(integration, "a").owner is None
    assert alert_of(integration, "b").owner == engineer
    told = AlertChange.objects.filter(kind="owner", alert__identity="a").order_by("id")
    agent_name = house.people["desk_agent"].name
    assert [(one.source, one.target) for one in told] == [("", agent_name), (agent_name, "")]


def test_a_connector_that_acknowledges_owns_nothing(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    alerts.acknowledge_alerts(rows(alert_of(integration)), by=sender.actor(), at=at(10))
    assert (alert_of(integration).state, alert_of(integration).owner) == (S.ACKNOWLEDGED, None)


def test_what_somebody_owned_who_left_is_nobodys(
    house: Personas, source: tuple[Integration, Sender], agent: Actor
) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    engineer = house.people["run_engineer"]
    assignments.assign_alerts(rows(alert_of(integration)), engineer, by=agent, at=at(5))
    assignments.unassign_alerts_of_leaver(PersonLeft(person_id=engineer.pk, on=at(9).date()), MAKER)
    assert alert_of(integration).owner is None
    engineer.left_on = at(9).date()
    with pytest.raises(Invalid):
        assignments.assign_alerts(rows(alert_of(integration)), engineer, by=agent, at=at(10))


def test_a_note_is_kept_as_it_was_written(source: tuple[Integration, Sender], agent: Actor) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    alert = alert_of(integration)
    assignments.add_alert_note(alert, " Dispatched. ", by=agent, at=at(5))
    assignments.add_alert_note(alert, "Heard over there.\x00", by=sender.actor(), at=at(6))
    first, second = AlertNote.objects.order_by("id")
    assert (first.text, first.actor, first.at) == ("Dispatched.", agent.key, at(5))
    assert (second.actor, second.actor_name) == ("connector:alertmanager", sender.name)
    for wrong in (" \x00".replace("\x00", ""), "x" * 20_001):
        with pytest.raises(Invalid):
            assignments.add_alert_note(alert, wrong, by=agent, at=at(7))
    for change in ("UPDATE events_alertnote SET text = ''", "DELETE FROM events_alertchange"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(change)


def test_strangers_do_nothing(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    alert = alert_of(integration)
    for act in (
        lambda: shelving.shelve_alerts(rows(alert), None, by=ANONYMOUS, at=at(5)),
        lambda: shelving.unshelve_alerts(rows(alert), by=ANONYMOUS, at=at(5)),
        lambda: assignments.assign_alerts(rows(alert), None, by=ANONYMOUS, at=at(5)),
        lambda: assignments.add_alert_note(alert, "Hm.", by=ANONYMOUS, at=at(5)),
    ):
        with pytest.raises(NotFound):
            act()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_nothing_is_lost() -> None:
    """Acknowledged and then shelved, or shelved and the acknowledgement refused: no third way."""
    retention.create_partition(at(0).date())
    retention.create_partition(at(3600).date())
    integration, sender = make_integration()
    hand_in(sender, fires(0))
    alert, start = alert_of(integration), threading.Barrier(2)
    outcomes: dict[str, bool] = {}

    def trying(name: str, act: Callable[[], object]) -> None:
        start.wait(5)
        try:
            act()
            outcomes[name] = True
        except OpaleError:
            outcomes[name] = False
        finally:
            connection.close()

    acts: dict[str, Callable[[], object]] = {
        "shelve": lambda: shelving.shelve_alerts(rows(alert), None, by=MAKER, at=at(9)),
        "acknowledge": lambda: alerts.acknowledge_alerts(rows(alert), by=MAKER, at=at(9)),
    }
    threads = [threading.Thread(target=trying, args=one) for one in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert outcomes["shelve"]
    alert.refresh_from_db()
    assert alert.state == S.SHELVED
    moves = StateMove.objects.filter(subject="events.alert", subject_id=alert.pk).order_by("id")
    expected = ["acknowledge", "shelve"] if outcomes["acknowledge"] else ["shelve"]
    assert [move.move for move in moves] == expected
