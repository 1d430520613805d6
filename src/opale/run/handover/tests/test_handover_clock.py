"""Duty ends by the clock, and what nobody accepted goes to somebody on duty."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from opale.infrastructure.models import ConfigurationItem
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, NotAllowed
from opale.organisation.models import Absence
from opale.run.desk.actions import lifecycle, ownership
from opale.run.desk.models import Ownership
from opale.run.desk.tests.builders import make_ticket, on_duty
from opale.run.events.models import Alert
from opale.run.events.tests.builders import make_integration
from opale.run.handover.actions import cards, departures, records, signatures, watches
from opale.run.handover.actions.watches import WatchInput
from opale.run.handover.models import Handover, HandoverItem, WatchItem
from opale.run.handover.queries import records as record_queries
from opale.run.handover.tests.builders import (
    CLOCK,
    TEST,
    Change,
    actor,
    after,
    item,
    make_change,
    owned,
    owner_of,
    run_clock,
    the_handover,
)
from opale.run.paging.actions.policies import create_policy
from opale.run.paging.domain.escalation_plans import Conditions, PolicyContent, Step, Target
from opale.run.paging.models import Mobilisation
from opale.run.shifts.models import Duty

pytestmark = pytest.mark.django_db


@pytest.fixture
def change() -> Change:
    return make_change()


def policy(change: Change, trigger: str = "handover") -> None:
    content = PolicyContent(
        (Step((Target("manager"),), 5),), conditions=Conditions(triggers=(trigger,))
    )
    create_policy(name="Desk", team=change.house.desk, content=content, by=TEST)


def called() -> list[tuple[str, str]]:
    return list(Mobilisation.objects.values_list("reason", "state"))


def test_people_leave_on_time_and_a_quarter_later_it_goes_to_the_lead(change: Change) -> None:
    policy(change)
    ticket, calm = owned(change, change.lea, urgent=True), owned(change, change.karim)
    run_clock()
    with after(change, 14):
        run_clock()
        assert owner_of(ticket) == change.lea
        assert called() == []
    with after(change, 15):
        run_clock()
        run_clock()
    assert owner_of(ticket) == owner_of(calm) == change.ines
    assert (item(ticket).state, item(ticket).taker) == ("with_lead", change.ines)
    assert called() == [("with_lead", "triggered")]
    assert Ownership.objects.filter(ticket=ticket).count() == 3


def test_what_the_lead_does_not_accept_goes_to_the_manager_on_call(change: Change) -> None:
    policy(change)
    ticket, other = owned(change, change.lea, urgent=True), owned(change, change.lea, urgent=True)
    run_clock()
    with after(change, 16):
        run_clock()
        cards.accept_card(item(other), by=actor(change.ines))
    with after(change, 31):
        run_clock()
    assert (owner_of(ticket), owner_of(other)) == (change.house.manager, change.ines)
    assert item(ticket).state == "with_manager"
    with after(change, 40):
        cards.accept_card(item(ticket), by=actor(change.noe))
    assert owner_of(ticket) == change.noe
    assert called() == [("with_lead", "resolved")]


def test_with_nobody_on_the_next_shift_it_goes_to_the_manager_at_once() -> None:
    change = make_change(arriving=False)
    policy(change)
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    assert item(ticket).proposed is None
    with after(change, 0.1):
        run_clock()
    assert owner_of(ticket) == change.house.manager
    assert called() == [("with_manager", "triggered")]


def test_a_lead_who_is_away_gets_nothing(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    sick(change.ines, change, -30)
    run_clock()
    assert item(ticket).proposed == change.noe
    with after(change, 16):
        run_clock()
    assert owner_of(ticket) == change.noe  # who holds the triage stands in


def test_what_stays_with_its_taker_is_not_read_again(
    change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    urgent = owned(change, change.lea, urgent=True)
    ended, taken = owned(change, change.karim), owned(change, change.karim)
    run_clock()
    with after(change, 16):
        run_clock()
    read = rows_read(monkeypatch)
    with after(change, 17):
        run_clock()
    assert read == []
    with after(change, 18):
        lifecycle.cancel_ticket(ended, reason="double", by=actor(change.ines))
        ownership.take_ticket(taken, by=actor(change.noe), seen_owner_id=change.ines.pk)
        run_clock()
    assert sorted(read) == sorted([item(ended).pk, item(taken).pk])
    assert (item(ended).state, item(taken).state) == ("gone", "gone")
    assert item(urgent).state == "with_lead"


def rows_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The items that are read from now on, filled as they are."""
    found: list[int] = []
    from_db = HandoverItem.from_db.__func__  # type: ignore[attr-defined]

    def watched(cls: type[HandoverItem], *args: Any) -> HandoverItem:
        one: HandoverItem = from_db(cls, *args)
        found.append(one.pk)
        return one

    monkeypatch.setattr(HandoverItem, "from_db", classmethod(watched))
    return found


def test_what_the_clock_passed_on_is_proposed_anew_when_somebody_goes(change: Change) -> None:
    for _ in range(3):
        owned(change, change.ines)
    calm = [owned(change, change.karim) for _ in range(2)]
    run_clock()
    assert {item(one).proposed for one in calm} == {change.noe}
    with after(change, 16):
        run_clock()
        sick(change.noe, change, 0)
        run_clock()
    assert {(item(one).state, item(one).proposed) for one in calm} == {("with_lead", change.ines)}


def test_a_late_start_leaves_it_to_who_is_there(change: Change) -> None:
    with attributed(TEST):
        late = Duty.objects.get(person=change.ines)
        late.period = DateTimeTZRange(change.at + timedelta(hours=1), late.ends)
        late.save(update_fields=["period"])
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    assert item(ticket).proposed == change.noe
    with after(change, 16):
        run_clock()
    assert owner_of(ticket) == change.noe


def sick(person: object, change: Change, minutes: float) -> None:
    with attributed(TEST):
        since = change.at + timedelta(minutes=minutes)
        Absence.objects.create(
            person=person,  # type: ignore[misc]
            kind="sickness",
            period=DateTimeTZRange(since, since + timedelta(days=2)),
        )


def test_a_sudden_absence_hands_over_to_those_on_shift() -> None:
    change = make_change(minutes=240)
    ticket = owned(change, change.karim, urgent=True)
    sick(change.karim, change, -240)
    run_clock()
    held = the_handover()
    assert (held.kind, held.leaver_ids) == ("absence", [change.karim.pk])
    assert item(ticket).proposed == change.lea
    with after(change, -220):
        run_clock()
    assert owner_of(ticket) == change.lea
    assert item(ticket).state == "with_lead"


def test_who_leaves_early_hands_over_to_those_who_stay() -> None:
    change = make_change(minutes=240)
    ticket = owned(change, change.karim, urgent=True)
    with pytest.raises(NotAllowed):
        departures.leave_early(change.lea, by=actor(change.karim))
    held = departures.leave_early(change.karim, by=actor(change.karim))
    assert (held.kind, held.leaver_ids) == ("early", [change.karim.pk])
    assert Duty.objects.get(person=change.karim).ends == held.ends_at
    assert item(ticket).proposed == change.lea
    with clock.travel(timedelta(minutes=16)):
        run_clock()
    assert owner_of(ticket) == change.lea
    assert Handover.objects.count() == 1


def test_what_nobody_has_looked_at_goes_with_the_triage(change: Change) -> None:
    ticket = make_ticket(change.house)
    assert owner_of(ticket) == change.karim
    run_clock()
    assert not HandoverItem.objects.filter(ticket=ticket).exists()
    with after(change, 0.1):
        run_clock()
    present = Ownership.objects.filter(ticket=ticket).order_by("starts").last()
    assert present is not None
    assert (present.person, present.reason) == (change.noe, "received")


def test_a_change_that_came_while_opale_was_down_is_made_up_for(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    with after(change, -60 * 10):
        records.prepare_handover(
            change.house.desk, change.at - timedelta(hours=8), by=CLOCK, at=clock.now()
        )
    with after(change, 90):
        run_clock()
    assert owner_of(ticket) == change.house.manager
    assert item(ticket).state == "with_manager"


def test_a_record_left_open_takes_nothing_from_who_is_on_shift_again(change: Change) -> None:
    run_clock()
    with after(change, 60 * 16):
        again = clock.now() - timedelta(minutes=1)
        on_duty(change.lea, change.house.desk, "agent", again)
        ticket = owned(change, change.lea, urgent=True)
        run_clock()
    assert owner_of(ticket) == change.lea
    assert not HandoverItem.objects.filter(ticket=ticket).exists()


def test_the_record_stays_open_until_both_leads_sign(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True, subject="Baie de stockage saturée")
    run_clock()
    held = the_handover()
    with pytest.raises(NotAllowed):
        signatures.sign(held, "leaving", by=actor(change.noe))
    for side, person in (("leaving", change.lea), ("arriving", change.ines)):
        with pytest.raises(Conflict, match="0 of 1 accepted"):
            signatures.sign(held, side, by=actor(person))  # type: ignore[arg-type]
    with after(change, 5):
        cards.accept_card(item(ticket), by=actor(change.ines))
        signatures.sign(held, "leaving", by=actor(change.lea))
        signatures.sign(held, "arriving", by=actor(change.ines))
    held.refresh_from_db()
    assert held.state == "signed"
    assert [one["name"] for one in held.situation["staffing"]] == ["Inès Roux", "Noé Petit"]
    assert list(record_queries.handovers(seen_by=actor(change.noe), text="stockage")) == [held]
    assert not record_queries.handovers(seen_by=actor(change.noe), text="onduleur")


def test_a_signature_is_taken_back_while_the_other_is_to_come(change: Change) -> None:
    run_clock()
    held = the_handover()
    signatures.sign(held, "leaving", by=actor(change.lea))
    signatures.unsign(held, "leaving", by=actor(change.lea))
    assert the_handover().left_at is None
    with after(change, 1):
        run_clock()
        signatures.sign(held, "arriving", by=actor(change.ines))
        signatures.sign(held, "leaving", by=actor(change.lea))
        with pytest.raises(IllegalMove):
            signatures.unsign(held, "leaving", by=actor(change.lea))


def test_the_database_keeps_what_is_signed(change: Change) -> None:
    ticket = owned(change, change.lea, urgent=True)
    run_clock()
    held = the_handover()
    with after(change, 5):
        cards.accept_card(item(ticket), by=actor(change.ines))
        signatures.sign(held, "arriving", by=actor(change.ines))
        signatures.sign(held, "leaving", by=actor(change.house.manager))
    for rows, fields in (
        (Handover.objects.all(), {"words": "x"}),
        (HandoverItem.objects.all(), {"note": "x"}),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            rows.update(**fields)


def test_what_is_watched_calls_with_one_key_and_once(change: Change) -> None:
    watching = WatchInput(
        text="Stockage, au-dessus de 5 minutes", until=change.at, calls=change.house.desk
    )
    watch = watches.create_watch(watching, by=actor(change.lea))
    with pytest.raises(Conflict), transaction.atomic():
        watches.trigger_watch(watch, by=actor(change.ines))
    policy(change, "watch")
    watches.trigger_watch(watch, by=actor(change.ines))
    assert Mobilisation.objects.get().title == "Stockage, au-dessus de 5 minutes"
    watches.end_watch(watch, by=actor(change.ines))
    assert Mobilisation.objects.get().state == "resolved"


def test_what_is_watched_ends_at_its_time(change: Change) -> None:
    watching = WatchInput(text="Stockage", until=change.at, calls=change.house.desk)
    watch = watches.create_watch(watching, by=actor(change.lea))
    watches.check_watches(by=CLOCK, at=clock.now())
    watch.refresh_from_db()
    assert watch.state == "watched"
    with after(change, 1):
        watches.check_watches(by=CLOCK, at=clock.now())
    watch.refresh_from_db()
    assert watch.state == "over"


def watched(change: Change) -> tuple[WatchItem, Alert]:
    """Storage is watched until tomorrow; an alert on it begins to stand."""
    with attributed(TEST):
        storage = ConfigurationItem.objects.create(name="san-1", kind="host")
    watching = WatchInput(
        text="Stockage, au-dessus de 5 minutes",
        until=change.at + timedelta(hours=20),
        calls=change.house.desk,
        item=storage,
        longest=timedelta(minutes=5),
    )
    watch = watches.create_watch(watching, by=actor(change.lea))
    integration, _sender = make_integration()
    at = clock.now()
    with attributed(TEST):
        alert = Alert.objects.create(
            integration=integration,
            identity="latency",
            severity=5,
            title="Latency",
            item=storage,
            started_at=at,
            first_received_at=at,
            last_received_at=at,
            source_at=at,
        )
    return watch, alert


def look(minutes: float) -> int:
    """So many minutes from now."""
    with clock.travel(timedelta(minutes=minutes)):
        return watches.check_watches(by=CLOCK, at=clock.now())


def test_an_alert_that_stands_too_long_calls_by_itself_and_once(change: Change) -> None:
    policy(change, "watch")
    watch, _alert = watched(change)
    assert look(4) == 0
    assert called() == []
    assert look(6) == 1
    assert look(7) == 0
    watch.refresh_from_db()
    assert (watch.state, Mobilisation.objects.get().title) == ("called", watch.text)
    watches.end_watch(watch, by=actor(change.ines))
    assert Mobilisation.objects.get().state == "resolved"


def test_an_alert_that_is_over_in_time_or_elsewhere_calls_nobody(change: Change) -> None:
    policy(change, "watch")
    watch, alert = watched(change)
    with attributed(TEST):
        Alert.objects.filter(pk=alert.pk).update(state="cleared", cleared_at=clock.now())
    assert look(6) == 0
    with attributed(TEST):
        Alert.objects.filter(pk=alert.pk).update(state="open", cleared_at=None, item=None)
    assert look(6) == 0
    watch.refresh_from_db()
    assert (watch.state, called()) == ("watched", [])


def test_without_a_policy_it_stays_watched_and_calls_when_there_is_one(change: Change) -> None:
    watch, _alert = watched(change)
    assert look(6) == 0
    watch.refresh_from_db()
    assert watch.state == "watched"
    policy(change, "watch")
    assert look(7) == 1
