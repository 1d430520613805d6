"""Call-outs: begun by an answer, ended, and asked about in the morning."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from opale.kernel.actor import EVERYTHING, OWN, Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import now, travel
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.messaging.models import OutgoingMail
from opale.organisation.models import Person
from opale.reservations.models import Reservation, ReservationLine
from opale.run.paging.actions import answers, slips
from opale.run.paging.models import Page, RuleFix, Slip
from opale.run.paging.queries import slips as slip_queries
from opale.run.paging.tests.builders import MAKER, Night, at, make_night, run, start
from opale.run.shifts.models import CallOut
from opale.run.shifts.tests.builders import on_duty

pytestmark = pytest.mark.django_db
RIGHTS = {"paging.slips": OWN, "paging.read": EVERYTHING}
HOUR = timedelta(hours=1)


@pytest.fixture
def night() -> Night:
    return make_night()


def lea(night: Night) -> Actor:
    return Actor("person", "person:lea", "Léa", RIGHTS, person_id=night.lea.pk)


def called_out(night: Night) -> Slip:
    start()
    run(0)
    answers.answer_page(Page.objects.get(), by=MAKER, at=at(4))
    return Slip.objects.get()


def test_an_answer_on_stand_by_begins_a_slip(night: Night) -> None:
    slip = called_out(night)
    assert (slip.person, slip.began_at, slip.ended_at) == (night.lea, at(4), None)
    assert slip.duty is not None


def test_an_answer_on_shift_begins_none(night: Night) -> None:
    on_duty(night.lea, night.house.desk, starts=at(-30))
    start()
    run(0)
    answers.answer_page(Page.objects.get(), by=MAKER, at=at(4))
    assert not Slip.objects.exists()


def test_it_ends_when_what_called_is_over(night: Night) -> None:
    called_out(night)
    answers.end_calls_about(["events.alert:1"], by=MAKER, at=at(50))
    assert Slip.objects.get().ended_at == at(50)
    assert CallOut.objects.get().period.upper == at(50)


def test_the_rest_counts_anew_and_names_the_duty_that_begins_too_early(night: Night) -> None:
    on_duty(night.lea, night.house.desk, starts=at(-10 * 60))  # until two hours before the night
    slip = called_out(night)
    morning = on_duty(night.lea, night.house.desk, starts=at(8 * 60))
    with travel(at(200) - now()):
        slips.fill_in_slip(
            slip, ended_at=at(64), travel=timedelta(minutes=20), note="", by=lea(night)
        )
    called = CallOut.objects.get()
    assert (called.duty, called.period.lower, called.period.upper) == (slip.duty, at(4), at(84))
    rest = slip_queries.rest_of(slip_queries.get_slip(slip.pk, seen_by=lea(night)))
    assert rest is not None
    assert (rest.until, rest.duty, rest.proposed) == (at(84) + 11 * HOUR, morning, rest.until)
    (mail,) = OutgoingMail.objects.filter(origin=f"paging.slip:{slip.pk}")
    assert mail.to == [night.house.manager.email]


def test_who_had_the_whole_rest_before_the_call_begins_as_planned(night: Night) -> None:
    on_duty(night.lea, night.house.desk, starts=at(-20 * 60))
    slip = called_out(night)
    on_duty(night.lea, night.house.desk, starts=at(8 * 60))
    with travel(at(200) - now()):
        slips.fill_in_slip(slip, ended_at=at(64), travel=HOUR, note="", by=lea(night))
    rest = slip_queries.rest_of(slip_queries.get_slip(slip.pk, seen_by=lea(night)))
    assert rest is not None
    assert (rest.until, rest.duty) == (at(64) + HOUR, None)
    assert not OutgoingMail.objects.filter(origin__startswith="paging.slip").exists()


def test_the_shift_is_let_begin_after_the_rest_by_who_plans_it(night: Night) -> None:
    on_duty(night.lea, night.house.desk, starts=at(-10 * 60))
    slip = called_out(night)
    morning = on_duty(night.lea, night.house.desk, starts=at(8 * 60))
    planner = Actor(
        "person",
        "user:1",
        "Maud",
        dict.fromkeys(
            ("paging.slips", "shifts.read", "shifts.edit", "organisation.read"), EVERYTHING
        ),
    )
    with travel(at(200) - now()):
        with pytest.raises(Conflict):
            slips.apply_rest(slip, by=planner)  # it goes on: nobody knows until when
        slips.fill_in_slip(slip, ended_at=at(64), travel=0 * HOUR, note="", by=lea(night))
        with pytest.raises((NotAllowed, NotFound)):
            slips.apply_rest(slip, by=lea(night))
        moved = slips.apply_rest(slip, by=planner)
        assert moved is not None
        morning.refresh_from_db()
        assert (morning.starts, morning.ends) == (at(64) + 11 * HOUR, at(16 * 60))
        with pytest.raises(Conflict):
            slips.apply_rest(slip, by=planner)


def test_the_payroll_of_a_month_has_what_began_in_it(night: Night) -> None:
    slip = called_out(night)
    seen = slip_queries.slips(seen_by=lea(night))
    day = timezone.localdate(slip.began_at)
    assert list(slip_queries.begun_between(seen, day.replace(day=1), day)) == [slip]
    assert list(slip_queries.begun_between(seen, day + timedelta(days=1), None)) == []
    assert list(slip_queries.begun_between(seen, None, day - timedelta(days=1))) == []


def test_an_end_before_the_call_is_refused(night: Night) -> None:
    slip = called_out(night)
    with pytest.raises(Invalid):
        slips.fill_in_slip(slip, ended_at=at(3), travel=HOUR, note="", by=lea(night))


def test_a_no_is_work_for_somebody_until_a_date(night: Night) -> None:
    slip = called_out(night)
    fix = slips.judge_slip(slip, Slip.Worth.NO, by=lea(night))
    assert fix is not None
    assert (fix.owner, fix.state) == (night.house.manager, RuleFix.State.OPEN)
    slips.finish_fix(fix, by=lea(night))
    assert RuleFix.objects.get().state == RuleFix.State.DONE


def test_nobody_reads_or_judges_the_slip_of_another(night: Night) -> None:
    slip = called_out(night)
    other = Actor("person", "person:k", "Karim", RIGHTS, person_id=night.karim.pk)
    with pytest.raises(NotFound):
        slips.judge_slip(slip, Slip.Worth.NO, by=other)
    manager = Actor("person", "p", "Maud", {"paging.slips": EVERYTHING}, person_id=night.ines.pk)
    with pytest.raises(NotAllowed):
        slips.judge_slip(slip, Slip.Worth.NO, by=manager)


def test_the_payroll_reads_minutes_and_no_formula(night: Night) -> None:
    called_out(night)
    answers.end_calls_about(["events.alert:1"], by=MAKER, at=at(50))
    with attributed(MAKER):
        Slip.objects.update(note="=1+1")
    text = slip_queries.payroll(slip_queries.slips(seen_by=lea(night)))
    line = text.splitlines()[1].split(";")
    assert (line[0], line[4], line[7]) == ("Léa Morel", "46", "'=1+1")


def booked(night: Night, day: date, holder: Person | None) -> ReservationLine:
    with attributed(MAKER):
        held = Reservation.objects.create(
            purpose="Migration of Armor", holder=holder, state="confirmed"
        )
        return ReservationLine.objects.create(
            reservation=held,
            person=night.lea,
            quantity=6,
            days=DateRange(day, day + timedelta(days=1)),
        )


def test_what_is_reserved_of_the_hours_of_rest_is_named_and_its_holder_told(night: Night) -> None:
    on_duty(night.lea, night.house.desk, starts=at(-10 * 60))
    slip = called_out(night)
    after = booked(night, at(8 * 60).date() + timedelta(days=1), night.house.manager)
    line = booked(night, at(8 * 60).date(), night.house.manager)
    with travel(at(200) - now()):
        slips.fill_in_slip(slip, ended_at=at(64), travel=0 * HOUR, note="", by=lea(night))
        rest = slip_queries.rest_of(slip_queries.get_slip(slip.pk, seen_by=lea(night)))
        assert rest is not None
        # At work from nine on, by the clock of Paris; rested at 12:04.
        assert (rest.booked, rest.lost) == ((line,), 3 * HOUR + timedelta(minutes=4))
        (mail,) = OutgoingMail.objects.filter(origin=f"paging.slip:{slip.pk}")
        assert mail.to == [night.house.manager.email]
        assert "Migration of Armor" in mail.body
        assert f"/reservations/{line.reservation_id}/" in mail.body
        boss = Actor(
            "person",
            "user:1",
            "Maud",
            dict.fromkeys(("paging.slips", "shifts.read", "shifts.edit"), EVERYTHING),
        )
        slip.refresh_from_db()
        (early,) = slip_queries.early_shifts(seen_by=boss, at=now())
        assert (early.duty, early.booked) == (None, (line,))
    assert after not in rest.booked


def test_who_has_rested_before_the_office_opens_loses_no_booking(night: Night) -> None:
    slip = called_out(night)  # she was free all day: no rest begins anew
    booked(night, at(8 * 60).date(), night.house.manager)
    with travel(at(200) - now()):
        slips.fill_in_slip(slip, ended_at=at(64), travel=0 * HOUR, note="", by=lea(night))
    rest = slip_queries.rest_of(slip_queries.get_slip(slip.pk, seen_by=lea(night)))
    assert rest is not None
    assert (rest.booked, rest.lost) == ((), 0 * HOUR)
