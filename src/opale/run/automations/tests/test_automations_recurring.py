"""Recurring tickets: when they fall due, what they open and in whose name."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from tests.personas import MAKER, Personas

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.calendars import Calendar
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.notifications.models import Notification
from opale.organisation.models import Membership, Team
from opale.run.automations.actions import recurring as actions
from opale.run.automations.actions.recurring import (
    create_recurring_ticket,
    disable_recurring_ticket,
    edit_recurring_ticket,
    enable_recurring_ticket,
    open_due_tickets,
)
from opale.run.automations.domain.recurrences import ClosedDay, Recurrence, Rhythm, occurrences
from opale.run.automations.models import RecurringTicket, RecurringTicketRun
from opale.run.automations.states import Trigger
from opale.run.automations.tests.builders import author_of, make_automation, work_off
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Message, Ticket

OFFICE = Calendar.on_weekdays("Europe/Paris", "09:00-18:00", country="FR")
MONDAY = datetime(2027, 1, 4, 12, tzinfo=UTC)
EIGHT = time(8)


def days(rule: Recurrence, count: int = 3, after: datetime = MONDAY) -> list[str]:
    found = islice(occurrences(rule, OFFICE, after), count)
    return [moment.strftime("%a %d %b %H:%M") for moment in found]


def test_working_days_leave_out_week_ends_and_holidays() -> None:
    rule = Recurrence(rhythm=Rhythm.WORKING_DAYS, at=EIGHT)
    assert days(rule, 5) == [
        "Tue 05 Jan 08:00",
        "Wed 06 Jan 08:00",
        "Thu 07 Jan 08:00",
        "Fri 08 Jan 08:00",
        "Mon 11 Jan 08:00",
    ]
    before_may = datetime(2027, 4, 30, 12, tzinfo=UTC)
    assert days(rule, 4, before_may)[-1] == "Fri 07 May 08:00"  # the 6th is Ascension


def test_the_last_day_of_a_shorter_month_stands_for_the_31st() -> None:
    rule = Recurrence(rhythm=Rhythm.MONTHLY, at=EIGHT, day=31)
    assert days(rule) == ["Sun 31 Jan 08:00", "Sun 28 Feb 08:00", "Wed 31 Mar 08:00"]


def test_a_closed_day_moves_it_to_the_next_working_day_or_leaves_it_out() -> None:
    moved = Recurrence(rhythm=Rhythm.MONTHLY, at=EIGHT, day=31, closed_day=ClosedDay.NEXT)
    assert days(moved) == ["Mon 01 Feb 08:00", "Mon 01 Mar 08:00", "Wed 31 Mar 08:00"]
    skipped = Recurrence(rhythm=Rhythm.MONTHLY, at=EIGHT, day=31, closed_day=ClosedDay.SKIP)
    assert days(skipped, 1) == ["Wed 31 Mar 08:00"]


def test_weeks_quarters_and_years() -> None:
    assert days(Recurrence(rhythm=Rhythm.WEEKLY, at=EIGHT, weekday=1), 2) == [
        "Mon 11 Jan 08:00",
        "Mon 18 Jan 08:00",
    ]
    quarter = Recurrence(rhythm=Rhythm.QUARTERLY, at=EIGHT, day=1, month=2)
    assert days(quarter, 2) == ["Mon 01 Feb 08:00", "Sat 01 May 08:00"]
    year = Recurrence(rhythm=Rhythm.YEARLY, at=EIGHT, day=29, month=2)
    assert days(year, 2) == ["Sun 28 Feb 08:00", "Tue 29 Feb 08:00"]


def test_the_time_of_the_wall_clock_stays_in_summer() -> None:
    rule = Recurrence(rhythm=Rhythm.DAILY, at=EIGHT)
    found = list(islice(occurrences(rule, OFFICE, datetime(2027, 3, 27, 5, tzinfo=UTC)), 2))
    assert [moment.astimezone(UTC).hour for moment in found] == [7, 6]


def make_recurring(house: Personas, *, enabled: bool = True, **more: object) -> RecurringTicket:
    fields: dict[str, object] = {
        "name": "Backups",
        "rhythm": "daily",
        "at": EIGHT,
        "calendar": house.calendar,
        "subject": "Check the backups",
        "body": "Look at last night.",
        "customer": house.customer,
        **more,
    }
    by = house.actor("service_manager")
    made = create_recurring_ticket(by=by, **fields)  # type: ignore[arg-type]
    return enable_recurring_ticket(made, by=by) if enabled else made


@pytest.mark.django_db
class TestOpening:
    def test_a_ticket_is_opened_when_it_is_due_and_the_next_is_set(
        self, personas: Personas
    ) -> None:
        made = make_recurring(personas)
        due = made.next_at
        assert due is not None
        assert open_due_tickets(at=due - timedelta(minutes=1)) == 0
        assert open_due_tickets(at=due) == 1
        assert open_due_tickets(at=due) == 0
        ticket = Ticket.objects.get(subject="Check the backups")
        assert ticket.customer == personas.customer
        assert Message.objects.get(ticket=ticket).person is None
        assert ticket.triaged_at is None, "nobody has looked at it"
        run = RecurringTicketRun.objects.get()
        assert (run.ticket, run.due_at) == (ticket, due)
        made.refresh_from_db()
        assert made.next_at is not None
        assert made.next_at > due

    def test_times_that_passed_are_made_up_for_by_one_ticket(self, personas: Personas) -> None:
        made = make_recurring(personas)
        assert made.next_at is not None
        late = made.next_at + timedelta(days=5)
        assert open_due_tickets(at=late) == 1
        made.refresh_from_db()
        assert made.next_at is not None
        assert made.next_at > late

    def test_its_tickets_start_automations(self, personas: Personas) -> None:
        make_automation(personas, Trigger.RECEIVED, condition='subject.contains("backups")')
        made = make_recurring(personas)
        assert made.next_at is not None
        open_due_tickets(at=made.next_at)
        work_off()
        assert Ticket.objects.get(subject="Check the backups").tags == ["seen"]

    def test_without_the_right_none_is_opened_and_the_fifth_time_disables_it(
        self, personas: Personas
    ) -> None:
        made = make_recurring(personas)
        with attributed(MAKER):
            Membership.objects.filter(person=author_of(personas)).delete()
        at = clock.now()
        for _number in range(6):
            at += timedelta(days=1, hours=1)
            open_due_tickets(at=at)
        made.refresh_from_db()
        assert (made.active, made.stopped) == (False, "failures")
        assert RecurringTicketRun.objects.exclude(refusal="").count() == 5
        told = Notification.objects.values_list("kind", flat=True).distinct()
        assert list(told) == ["automations.recurring_stopped"]
        assert not Ticket.objects.exists()

    def test_none_is_opened_for_an_author_who_may_no_longer_write_automations(
        self, personas: Personas
    ) -> None:
        made = make_recurring(personas)
        assert made.next_at is not None
        with attributed(MAKER):
            RecurringTicket.objects.update(author=personas.people["desk_agent"])
        assert open_due_tickets(at=made.next_at) == 0
        assert RecurringTicketRun.objects.get().refusal
        manager = personas.actor("service_manager")
        disable_recurring_ticket(made, by=manager)
        with pytest.raises(Conflict):
            enable_recurring_ticket(made, by=manager)

    def test_one_that_breaks_does_not_stop_the_others(
        self, personas: Personas, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = make_recurring(personas, name="Broken", subject="Broken")
        sound = make_recurring(personas, name="Sound")
        template = actions._template_of

        def breaking(row: RecurringTicket) -> NewTicket:
            if row == broken:
                raise ZeroDivisionError
            return template(row)

        monkeypatch.setattr(actions, "_template_of", breaking)
        assert sound.next_at is not None
        assert open_due_tickets(at=sound.next_at) == 1
        assert Ticket.objects.get().subject == "Check the backups"
        broken.refresh_from_db()
        assert broken.next_at == sound.next_at, "it stays due"

    def test_its_page_shows_no_confidential_ticket_and_the_subjects_of_the_others(
        self, personas: Personas
    ) -> None:
        made = make_recurring(personas)
        assert made.next_at is not None
        open_due_tickets(at=made.next_at)
        ticket = Ticket.objects.get()
        with attributed(MAKER):
            Ticket.objects.update(subject="Renamed since")
        client = personas.client("run_engineer")
        shown = client.get(f"/automations/recurring/{made.pk}/").content.decode()
        assert ticket.reference in shown
        assert "Renamed since" in shown
        with attributed(MAKER):
            Ticket.objects.update(confidential=True)
        hidden = client.get(f"/automations/recurring/{made.pk}/").content.decode()
        assert ticket.reference not in hidden
        assert "Renamed since" not in hidden

    def test_without_a_service_desk_the_run_says_so(self, personas: Personas) -> None:
        made = make_recurring(personas)
        assert made.next_at is not None
        with attributed(MAKER):
            desks = Team.objects.filter(kind=Team.Kind.SERVICE_DESK)
            desks.update(closed_on=date(2026, 1, 1))
        assert open_due_tickets(at=made.next_at) == 0
        refusal = RecurringTicketRun.objects.get().refusal
        assert author_of(personas).name not in refusal
        assert refusal

    def test_a_disabled_one_opens_nothing(self, personas: Personas) -> None:
        made = make_recurring(personas)
        disable_recurring_ticket(made, by=personas.actor("service_manager"))
        assert open_due_tickets(at=clock.now() + timedelta(days=3)) == 0

    def test_an_edit_sets_the_next_time_and_what_the_rhythm_needs(self, personas: Personas) -> None:
        manager, made = personas.actor("service_manager"), make_recurring(personas)
        with pytest.raises(Invalid) as refused:
            edit_recurring_ticket(made, by=manager, rhythm="weekly")
        assert "weekday" in refused.value.fields
        edit_recurring_ticket(made, by=manager, rhythm="weekly", weekday=3)
        made.refresh_from_db()
        assert made.next_at is not None
        assert made.next_at.astimezone(made.next_at.tzinfo).isoweekday() in (2, 3)
        with pytest.raises(NotAllowed):
            edit_recurring_ticket(made, by=personas.actor("desk_agent"), name="x")

    def test_pages_write_and_show_it(self, personas: Personas) -> None:
        client = personas.client("service_manager")
        page = client.get("/automations/recurring/new/")
        assert page.status_code == 200
        filled = {
            "name": "Weekly report",
            "rhythm": "weekly",
            "weekday": "1",
            "at": "08:30",
            "calendar": personas.calendar.pk,
            "closed_day": "next",
            "kind": "request",
            "subject": "Weekly report",
            "impact": "3",
            "urgency": "3",
        }
        answer = client.post("/automations/recurring/new/", filled)
        made = RecurringTicket.objects.get()
        assert answer.status_code == 302
        assert client.post(f"/automations/recurring/{made.pk}/activity/").status_code == 302
        made.refresh_from_db()
        assert made.next_at is not None
        open_due_tickets(at=made.next_at)
        shown = client.get(f"/automations/recurring/{made.pk}/").content.decode()
        assert Ticket.objects.get().reference in shown
        assert client.get("/automations/recurring/").status_code == 200
        told = client.get(f"/api/v1/recurring-tickets/{made.pk}").json()
        assert (told["subject"], told["active"]) == ("Weekly report", True)
