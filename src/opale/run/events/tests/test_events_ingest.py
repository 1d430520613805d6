"""The writer of events on a real PostgreSQL."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from opale.infrastructure.models import ConfigurationItem
from opale.kernel.attribution import attributed
from opale.kernel.models import Change, Fact, StateMove
from opale.kernel.prepared_statements import RowGrowth
from opale.run.events.actions import alerts as alert_actions
from opale.run.events.actions import ingestion, retention
from opale.run.events.actions.ingestion import ingest
from opale.run.events.domain.alert_state_machine import LATE_START_TOLERANCE
from opale.run.events.domain.deliveries import NewEvent
from opale.run.events.domain.label_mapping import DEFAULT_LABEL_MAPPING, LabelMapping
from opale.run.events.domain.received_deliveries import ReceivedDelivery
from opale.run.events.listeners.batch_writer import BatchWriter, WriteOutcome
from opale.run.events.models import Alert, Event
from opale.run.events.queries.enrichment import NAME_CACHE, NamesToResolve, item_names
from opale.run.events.states import AlertState, Severity
from opale.run.events.tests.builders import (
    MAKER,
    alert_of,
    at,
    clears,
    fires,
    hand_in,
    hand_in_each,
    make_integration,
    prepare_days,
)
from opale.run.events.tests.test_events_alert_state_machine import events, newest_state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _days() -> None:
    prepare_days()


def test_a_firing_event_opens_an_alert_and_is_kept() -> None:
    integration, sender = make_integration()
    hand_in(sender, fires(0, host="rt-1"))
    alert = alert_of(integration)
    assert (alert.state, alert.severity, alert.title) == ("open", Severity.CRITICAL, "Link down")
    assert (alert.started_at, alert.count, alert.labels) == (at(0), 1, {"host": "rt-1"})
    event = Event.objects.get(integration_id=integration.pk)
    assert event.raw["event"] == {"said": "Link down"}
    assert event.received_at == at(3600)


def test_a_clear_never_blanks_what_is_stored() -> None:
    integration, sender = make_integration()
    hand_in_each(sender, [fires(0, host="rt-1"), clears(10)])
    alert = alert_of(integration)
    assert (alert.state, alert.cleared_at) == (AlertState.CLEARED, at(10))
    assert (alert.title, alert.text, alert.labels) == ("Link down", "It hurts.", {"host": "rt-1"})


def test_an_orphan_clear_is_kept_as_an_event_alone() -> None:
    integration, sender = make_integration()
    hand_in(sender, clears(10))
    assert not Alert.objects.filter(integration=integration).exists()
    assert Event.objects.filter(integration_id=integration.pk).count() == 1


def test_alerts_are_written_by_item_and_key_however_they_came() -> None:
    """So that two batches at once, which hold the same new ones, do not wait for each other, and
    that those about one item go to the same pages of the indexes."""
    integration, sender = make_integration()
    with attributed(MAKER):
        items = [
            ConfigurationItem.objects.create(name=f"rt-ren-{n}", kind="router") for n in range(2)
        ]
    hand_in(
        sender,
        *(
            fires(0, f"{key}{n}", host=host)
            for key in ("b", "é", "A", "a", "z", "_", "B")
            for n, host in enumerate((items[1].name, "nobody knows", items[0].name))
        ),
    )
    rows = Alert.objects.filter(integration=integration).order_by("pk")
    written = [(item or 0, identity) for item, identity in rows.values_list("item", "identity")]
    assert len(set(written)) == 21
    assert {item for item, _ in written} == {0, items[0].pk, items[1].pk}
    assert written == sorted(written)


def test_when_it_opened_is_when_it_was_received_each_time() -> None:
    integration, sender = make_integration()
    hand_in(sender, fires(0, "once"), fires(0, "again"), clears(1, "again"), fires(2, "again"))
    once, again = (Alert.objects.get(identity=one) for one in ("once", "again"))
    assert once.openings == [at(3600)]
    assert again.openings == [at(3600)] * 2
    hand_in_each(sender, [clears(3, "once"), fires(4, "once")])
    assert alert_of(integration, "once").openings == [at(3600)] * 2


def test_the_same_identity_of_two_integrations_is_two_alerts() -> None:
    (one, sender), (other, sender_of_other) = make_integration(), make_integration()
    ingest(
        [
            ReceivedDelivery(sender, at(1), (fires(0),)),
            ReceivedDelivery(sender_of_other, at(1), (fires(0),)),
        ]
    )
    assert alert_of(one).pk != alert_of(other).pk


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(events, max_size=4), max_size=5), st.integers(0, 12))
def test_however_deliveries_come_the_alert_is_as_the_newest_event_says(
    deliveries: list[list[NewEvent]], second: int
) -> None:
    integration, sender = make_integration()
    hand_in(sender, fires(second))
    for delivery in deliveries:
        hand_in(sender, *delivery, *delivery)
    received = [fires(second), *(event for delivery in deliveries for event in delivery)]
    alert = alert_of(integration)
    assert alert.state == newest_state(received)
    assert alert.count == 1 + sum(2 * len(delivery) for delivery in deliveries)


def test_moves_facts_and_topics_are_told_once_a_batch() -> None:
    integration, sender = make_integration()
    hand_in(sender, fires(0, "a"), fires(0, "b"))
    raised = Fact.objects.filter(name="events.AlertsRaised").latest("id")
    ids = set(Alert.objects.filter(integration=integration).values_list("pk", flat=True))
    assert set(raised.body["alert_ids"]) == ids
    assert Change.objects.filter(topic="events.board").count() == 1
    pages = {f"events.alert:{pk}" for pk in ids}
    assert not Change.objects.filter(topic__in=pages).exists(), "nobody has them open yet"
    hand_in(sender, clears(5, "a"), clears(5, "b"))
    assert set(Change.objects.filter(topic__in=pages).values_list("topic", flat=True)) == pages
    assert Change.objects.filter(topic="events.board").count() == 2
    cleared = Fact.objects.get(name="events.AlertsCleared")
    assert set(cleared.body["alert_ids"]) == ids
    moves = StateMove.objects.filter(subject="events.alert", subject_id__in=ids)
    assert {(m.move, m.source, m.target, m.at) for m in moves} == {
        ("clear", "open", "cleared", at(5))
    }
    assert {m.actor for m in moves} == {"connector:alertmanager"}


def test_a_doubled_delivery_tells_nobody() -> None:
    _integration, sender = make_integration()
    hand_in_each(sender, [fires(0), clears(5)])
    before = Change.objects.count(), Fact.objects.count()
    hand_in_each(sender, [fires(0), clears(5)])
    assert (Change.objects.count(), Fact.objects.count()) == before


def test_what_a_storm_opens_is_planned_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingestion, "ROW_GROWTH", growth := RowGrowth())
    _integration, sender = make_integration()
    for _again in range(2):
        hand_in(sender, *(fires(n, f"n-{n}") for n in range(3)))
    assert growth.rows == 3


def test_labels_find_the_item_and_its_customer() -> None:
    with attributed(MAKER):
        item = ConfigurationItem.objects.create(name="rt-ren-01", kind="router")
    integration, sender = make_integration()
    hand_in(sender, fires(0, instance="rt-ren-01.example.net:9100"))
    assert alert_of(integration).item_id == item.pk


def test_names_are_believed_in_order_and_without_their_port() -> None:
    labels = {"instance": "web-1.example.net:9100", "host": "web-1"}
    assert item_names(labels, DEFAULT_LABEL_MAPPING.items) == [
        "web-1",
        "web-1.example.net:9100",
        "web-1.example.net",
    ]


def test_a_source_whose_clock_is_a_day_ahead_is_not_believed() -> None:
    integration, sender = make_integration()
    hand_in(sender, fires(86_400), received_at=at(0))
    assert alert_of(integration).started_at == at(0)
    hand_in(sender, clears(60), received_at=at(60))
    assert alert_of(integration).state == AlertState.CLEARED


def test_a_source_whose_clock_is_a_day_behind_is_ordered_by_that_clock() -> None:
    integration, sender = make_integration()
    for seconds, event in ((0, fires(-86_400)), (60, clears(-86_340)), (120, fires(-86_280))):
        hand_in(sender, event, received_at=at(seconds))
    alert = alert_of(integration)
    assert (alert.state, alert.started_at) == (AlertState.OPEN, at(-86_280))
    hand_in(sender, clears(-86_200), received_at=at(200))
    assert alert_of(integration).state == AlertState.CLEARED


def test_what_postgresql_cannot_hold_is_replaced() -> None:
    integration, sender = make_integration()
    hand_in(sender, fires(0, "li\x00nk", title="a\x00b", text="\x00", host="\x00"))
    alert = alert_of(integration, "li\ufffdnk")
    assert (alert.title, alert.labels) == ("a\ufffdb", {"host": "\ufffd"})
    assert alert.raw == {"said": "a\ufffdb"}
    around = {"group": "\x00"}
    hand_in(sender, replace(fires(1), context=around), replace(fires(1, "n"), context=around))
    hand_in(sender, replace(fires(2, "o"), context={"group": "\\u0000"}), fires(3, "p"))
    kept = Event.objects.exclude(identity="li\ufffdnk").order_by("occurred_at", "identity")
    assert [one.raw["delivery"] for one in kept] == [
        {"group": "\ufffd"},
        {"group": "\ufffd"},
        {"group": "\\u0000"},
        {},
    ]


def test_long_texts_are_cut_and_long_identities_stay_apart() -> None:
    integration, sender = make_integration()
    hand_in(sender, fires(0, "x" * 300, title="t" * 400), fires(0, "x" * 300 + "y"))
    alerts = Alert.objects.filter(integration=integration)
    assert len({alert.identity for alert in alerts}) == 2
    assert max(len(alert.title) for alert in alerts) == 300


def test_only_web_addresses_become_links() -> None:
    integration, sender = make_integration()
    hand_in(sender, replace(fires(0), source_url="javascript:1"))
    assert alert_of(integration).source_url == ""


def test_a_closed_alert_stays_closed_and_a_new_trouble_is_a_new_alert() -> None:
    integration, sender = make_integration()
    hand_in_each(sender, [fires(0), clears(10)])
    first = alert_of(integration)
    alert_actions.close_alerts(Alert.objects.filter(pk=first.pk), by=MAKER, at=at(20))
    hand_in(sender, fires(0))
    assert alert_of(integration).pk == first.pk
    hand_in(sender, fires(30))
    assert alert_of(integration).pk != first.pk


def test_what_still_fires_under_its_old_start_long_after_its_end_is_open_again() -> None:
    integration, sender = make_integration()
    hand_in(sender, fires(0), received_at=at(1))
    hand_in(sender, clears(300), received_at=at(301))
    hand_in(sender, fires(0), received_at=at(310))
    assert alert_of(integration).state == AlertState.CLEARED
    hand_in(sender, fires(0), received_at=at(301) + LATE_START_TOLERANCE)
    alert = alert_of(integration)
    assert (alert.state, alert.count) == (AlertState.OPEN, 4)
    hand_in(sender, clears(900), received_at=at(901))
    assert alert_of(integration).cleared_at == at(900)


def test_what_still_fires_after_its_alert_was_closed_is_a_new_alert() -> None:
    integration, sender = make_integration()
    hand_in(sender, fires(0), received_at=at(1))
    hand_in(sender, clears(300), received_at=at(301))
    first = alert_of(integration)
    alert_actions.close_alerts(Alert.objects.filter(pk=first.pk), by=MAKER, at=at(302))
    hand_in(sender, fires(0), received_at=at(310))
    assert alert_of(integration).pk == first.pk
    hand_in(sender, fires(0), received_at=at(4000))
    assert alert_of(integration).pk != first.pk


@pytest.mark.parametrize("table", ["events_event", "events_event_20261120"])
@pytest.mark.parametrize("change", ["UPDATE {} SET firing = false", "DELETE FROM {}"])
def test_the_application_can_change_no_event(table: str, change: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(change.format(table))


def test_a_day_without_partition_is_made_on_miss() -> None:
    integration, sender = make_integration()
    received = ReceivedDelivery(sender, at(0) + timedelta(days=400), (fires(0),))
    assert BatchWriter().write([received]) == [WriteOutcome()]
    assert Event.objects.filter(integration_id=integration.pk).exists()


def test_names_forgotten_while_a_batch_is_written_are_still_known_to_it() -> None:
    """Another writer may find between the looking up and the use that what is known is old."""
    with attributed(MAKER):
        item = ConfigurationItem.objects.create(name="rt-kept", kind="router")
    known = NAME_CACHE.now()
    under = known.under(DEFAULT_LABEL_MAPPING)
    known.look_up(NamesToResolve(items={"rt-kept"}))
    NAME_CACHE.forget()
    assert NAME_CACHE.now() is not known
    assert under.subject({"host": "rt-kept"}).item_id == item.pk


def test_the_same_labels_are_about_the_same_only_under_the_same_naming() -> None:
    with attributed(MAKER):
        host, node = (
            ConfigurationItem.objects.create(name=name, kind="router") for name in ("rt-1", "rt-2")
        )
    labels = {"host": "rt-1", "node": "rt-2", "job": "a"}
    known = NAME_CACHE.now()
    known.look_up(NamesToResolve(items={"rt-1", "rt-2"}))
    by_host, by_node = (
        known.under(LabelMapping(items=("host",))),
        known.under(LabelMapping(items=("node",))),
    )
    for _time in range(2):
        assert by_host.subject(labels).item_id == host.pk
        assert by_node.subject(labels).item_id == node.pk
    assert by_host.known_subject(labels | {"job": "b"}) is not None
    assert by_host.known_subject(labels | {"host": "rt-2"}) is None


def test_old_days_are_dropped_whole_and_recent_ones_never() -> None:
    retention.create_partition(at(0).date() - timedelta(days=500))
    dropped = retention.drop_old_partitions()
    assert dropped == [f"events_event_{at(0).date() - timedelta(days=500):%Y%m%d}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT events_drop_days_before(current_date + 100)")
        assert all(name < f"events_event_{at(86_400 * 3):%Y%m%d}" for (name,) in cursor.fetchall())
