"""Alerts that call start pages once; what people do to either is done to both."""

import pytest
from tests.personas import Personas, make_personas

from opale.kernel import facts
from opale.kernel.clock import now
from opale.kernel.models import Fact
from opale.run.events.actions import alerts, retention, shelving
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.models import Alert
from opale.run.events.states import AlertState
from opale.run.events.tests.builders import (
    MAKER,
    at,
    clears,
    fires,
    hand_in,
    make_integration,
)
from opale.run.paging.actions.answers import answer_mobilisation
from opale.run.paging.actions.escalation import run_due_steps
from opale.run.paging.actions.policies import create_policy
from opale.run.paging.domain.escalation_plans import PolicyContent, Step, Target
from opale.run.paging.models import Mobilisation, Page
from opale.run.paging.states import MobilisationState

pytestmark = pytest.mark.django_db
S = MobilisationState


@pytest.fixture
def house() -> Personas:
    retention.create_partition(at(0).date())
    house = make_personas()
    engineer = house.people["run_engineer"]
    steps = (Step((Target("person", engineer.pk),), 5),)
    team = house.teams["run_engineer"]
    create_policy(name="Alerts", team=team, content=PolicyContent(steps), by=MAKER)
    return house


@pytest.fixture
def sender(house: Personas) -> Sender:
    return make_integration()[1]


def hear() -> None:
    """What was announced reaches its listeners, each once."""
    for row in Fact.objects.order_by("pk"):
        for name in ("events.page_for_alerts", "events.end_pages", "events.see_to_answered"):
            kinds = {
                "events.page_for_alerts": "events.AlertsCall",
                "events.end_pages": "events.AlertsCleared",
                "events.see_to_answered": "paging.MobilisationAnswered",
            }
            if kinds[name] == row.name:
                facts.deliver(row.pk, name)


def called() -> list[tuple[str, str]]:
    return list(Mobilisation.objects.order_by("pk").values_list("state", "reason"))


def test_an_alert_that_opens_calls_and_its_repetition_does_not(sender: Sender) -> None:
    hand_in(sender, fires(0))
    hear()
    hand_in(sender, fires(10))
    hear()
    assert called() == [(S.TRIGGERED, "raised")]


def test_what_clears_calls_nobody_any_more(sender: Sender) -> None:
    hand_in(sender, fires(0))
    hear()
    hand_in(sender, clears(10))
    hear()
    assert called() == [(S.RESOLVED, "raised")]


def test_whoever_answers_sees_to_the_alert_and_owns_it(house: Personas, sender: Sender) -> None:
    hand_in(sender, fires(0))
    hear()
    run_due_steps(by=MAKER, at=now())
    answer_mobilisation(Mobilisation.objects.get(), by=house.actor("run_engineer"), at=now())
    hear()
    alert = Alert.objects.get()
    assert (alert.state, alert.owner) == (AlertState.ACKNOWLEDGED, house.people["run_engineer"])


def test_acknowledging_answers_and_taking_it_back_calls_again(
    house: Personas, sender: Sender
) -> None:
    hand_in(sender, fires(0))
    hear()
    run_due_steps(by=MAKER, at=now())
    by = house.actor("desk_agent")
    alerts.acknowledge_alerts(Alert.objects.all(), by=by, at=now())
    assert called() == [(S.ACKNOWLEDGED, "raised")]
    alerts.unacknowledge_alerts(Alert.objects.all(), by=by, at=now())
    assert called() == [(S.TRIGGERED, "given_back")]
    run_due_steps(by=MAKER, at=now())
    assert Page.objects.exclude(left_at=None).count() == 2


def test_closing_and_shelving_end_it(house: Personas, sender: Sender) -> None:
    by = house.actor("desk_agent")
    hand_in(sender, fires(0, "a"), fires(0, "b"))
    hear()
    alerts.close_alerts(Alert.objects.filter(identity="a"), by=by, at=now())
    shelving.shelve_alerts(Alert.objects.filter(identity="b"), None, by=by, at=now())
    assert {state for state, _reason in called()} == {S.RESOLVED}


def test_without_a_policy_nothing_is_told() -> None:
    retention.create_partition(at(0).date())
    _integration, sender = make_integration()
    hand_in(sender, fires(0))
    hear()
    assert called() == []


def test_the_page_about_an_alert_shows_its_text(house: Personas, sender: Sender) -> None:
    hand_in(sender, fires(0, "a1", text="Rennes does not answer."))
    alert = Alert.objects.get()
    agent = house.client("desk_agent")
    page = agent.get(f"/alerts/paged/events.alert:{alert.pk}/").content.decode()
    assert alert.text in page
    assert agent.get("/alerts/paged/desk.ticket:1/").content == b""
