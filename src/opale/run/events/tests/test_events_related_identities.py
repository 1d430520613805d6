"""Several names for one trouble: whichever of two names the other."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from pytest_django.fixtures import DjangoAssertNumQueries

from opale.run.events.actions import alerts, retention
from opale.run.events.actions.ingestion import ingest
from opale.run.events.actions.related_identities import RelatedIdentities
from opale.run.events.domain.deliveries import NewEvent
from opale.run.events.domain.received_deliveries import ReceivedDelivery, Sender
from opale.run.events.listeners.batch_writer import BatchWriter
from opale.run.events.models import Alert, Event, Integration, RelatedIdentity
from opale.run.events.states import Severity
from opale.run.events.tests.builders import MAKER, at, clears, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> tuple[Integration, Sender]:
    retention.create_partition(at(0).date())
    return make_integration()


def named(event: NewEvent, *family: str) -> NewEvent:
    return replace(event, family=family)


def standing(integration: Integration) -> dict[str, str]:
    rows = Alert.objects.filter(integration=integration).exclude(state="closed")
    return dict(rows.values_list("identity", "state"))


def each(sender: Sender, *events: NewEvent) -> None:
    for event in events:
        hand_in(sender, event)


def at_once(sender: Sender, *events: NewEvent) -> None:
    ingest([ReceivedDelivery(sender, at(3600), (event,)) for event in events])


HANDED = pytest.mark.parametrize("handed", [each, at_once, hand_in])


@HANDED
def test_a_clear_may_name_the_trouble_that_did_not_name_it(
    house: tuple[Integration, Sender], handed: Callable[..., None]
) -> None:
    integration, sender = house
    handed(sender, named(fires(0, "down")), named(clears(5, "up"), "down", "up"))
    assert standing(integration) == {"down": "cleared"}


@HANDED
def test_a_trouble_may_name_its_clear_beforehand(
    house: tuple[Integration, Sender], handed: Callable[..., None]
) -> None:
    integration, sender = house
    handed(sender, named(fires(0, "down"), "down", "up"), named(clears(5, "up")))
    assert standing(integration) == {"down": "cleared"}


@HANDED
def test_a_relative_that_fires_is_the_same_alert_and_shows_itself(
    house: tuple[Integration, Sender], handed: Callable[..., None]
) -> None:
    integration, sender = house
    family = ("down", "slow", "up")
    handed(
        sender,
        named(fires(0, "down", Severity.CRITICAL, "Down"), *family),
        named(fires(5, "slow", Severity.WARNING, "Slow")),
    )
    alert = Alert.objects.get(integration=integration)
    assert (alert.identity, alert.title, alert.severity) == ("down", "Slow", Severity.WARNING)
    handed(sender, named(clears(9, "up"), "slow"))
    assert standing(integration) == {"down": "cleared"}


@HANDED
def test_two_troubles_that_share_the_name_of_their_clear_stay_two(
    house: tuple[Integration, Sender], handed: Callable[..., None]
) -> None:
    integration, sender = house
    handed(
        sender,
        named(fires(0, "disk"), "disk", "ok"),
        named(fires(1, "memory"), "memory", "ok"),
    )
    assert standing(integration) == {"disk": "open", "memory": "open"}
    handed(sender, named(clears(5, "ok")))
    assert standing(integration) == {"disk": "cleared", "memory": "cleared"}
    assert Event.objects.filter(integration_id=integration.pk).count() == 4


def test_what_was_named_is_known_in_the_next_life(house: tuple[Integration, Sender]) -> None:
    integration, sender = house
    hand_in(sender, named(fires(0, "down"), "up"), named(clears(5, "up")))
    live = Alert.objects.filter(integration=integration)
    alerts.close_alerts(live, by=MAKER, at=at(9))
    hand_in(sender, named(fires(10, "down")), named(clears(15, "up")))
    assert standing(integration) == {"down": "cleared"}
    assert RelatedIdentity.objects.filter(integration=integration).count() == 1


def test_names_of_another_integration_mean_nothing(house: tuple[Integration, Sender]) -> None:
    integration, sender = house
    _other, stranger = make_integration()
    hand_in(sender, named(fires(0, "down"), "up"))
    hand_in(stranger, named(clears(5, "up"), "down"))
    assert standing(integration) == {"down": "open"}


def test_who_asked_is_told_of_its_alerts(house: tuple[Integration, Sender]) -> None:
    integration, sender = house
    hand_in(sender, fires(0, "a"))
    asked = ReceivedDelivery(
        sender, at(3600), (fires(5, "a"), fires(5, "b"), clears(5, "c")), named=True
    )
    silent, told = BatchWriter().write(
        [ReceivedDelivery(sender, at(3600), (fires(5, "d"),)), asked]
    )
    ids = dict(Alert.objects.filter(integration=integration).values_list("identity", "pk"))
    assert silent.alert_ids == ()
    assert told.alert_ids == (ids["a"], ids["b"], None)


def test_an_event_without_a_family_asks_nothing(
    house: tuple[Integration, Sender], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    delivery = ReceivedDelivery(house[1], at(0), (fires(0), clears(5)))
    with django_assert_num_queries(0):
        assert RelatedIdentities.of([delivery]) is None
