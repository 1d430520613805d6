"""Scheduled reports: who may have what sent, to whom, and that each reader gets their own, once."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.personas import MAKER, Personas

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.files import open_stored
from opale.messaging.actions.outgoing import queue_mail
from opale.messaging.facts import MailFailed
from opale.messaging.models.outgoing import OutgoingMail
from opale.messaging.queries.mail_layout import letter_as_html, stored_letter
from opale.notifications.models import Notification
from opale.organisation.actions.person_figures import set_person_figures
from opale.organisation.models import Membership, Person, User
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Kind, Source, Ticket
from opale.scheduled_reports.actions import reports, sending
from opale.scheduled_reports.models import ScheduledReport, Sending
from opale.scheduled_reports.queries.reports import get_scheduled_report, lines, scheduled_reports
from opale.scheduled_reports.states import SendingState

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 12, 7, 6, tzinfo=UTC)  # 07:00 in Paris
HOUR = timedelta(hours=1)


@pytest.fixture
def house(personas: Personas) -> Personas:
    with attributed(MAKER):
        for number, kind in enumerate((Kind.INCIDENT, Kind.INCIDENT, Kind.REQUEST)):
            said = NewTicket(
                subject=f"Lien {number}", body="Bonjour", source=Source.MAIL, kind=kind,
                customer=personas.customer if number else personas.other_customer,
            )  # fmt: skip
            receive_ticket(said, by=MAKER, at=MONDAY - timedelta(days=3))
    return personas


def schedule(house: Personas, owner: str = "service_manager", **said: Any) -> ScheduledReport:
    values = {"report": "tickets", "name": "Tickets by kind", "query": "group=kind"} | said
    with clock.travel(MONDAY - timedelta(days=1) - clock.now()):
        return reports.schedule_report(by=house.actor(owner), **values)


def send(at: datetime = MONDAY) -> int:
    with clock.travel(at - clock.now()):
        return sending.send_due_reports(at)


def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(origin__startswith=sending.ORIGIN).order_by("pk"))


def file_of(mail: OutgoingMail) -> list[list[str]]:
    (kept,) = mail.attachments
    with open_stored(kept["key"]) as found:
        text = found.read().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def told(person: Person) -> list[str]:
    return [one.kind for one in Notification.objects.filter(person=person).order_by("pk")]


def test_a_list_is_mailed_when_due_with_its_counts_link_and_file(house: Personas) -> None:
    schedule(house)
    assert send(MONDAY - HOUR) == 0
    assert send() == 1
    (mail,) = mails()
    assert mail.to == [house.people["service_manager"].email]
    assert mail.subject.startswith("Tickets by kind: ")
    assert "/tickets/?group=kind" in mail.body
    assert sorted(file_of(mail)[1:]) == [["Incident", "2"], ["Request", "1"]]
    assert mail.letter is not None
    html = letter_as_html(stored_letter(mail.letter))
    assert ">Incident</td>" in html


def test_nothing_is_sent_twice_and_missed_hours_are_made_up_for_once(house: Personas) -> None:
    report = schedule(house, frequency="daily")
    late = MONDAY + timedelta(days=4, hours=2)
    assert send(late) == 1
    assert [send(late), send(late + HOUR)] == [0, 0]
    (only,) = Sending.objects.all()
    assert only.due_at == MONDAY + timedelta(days=4)
    report.refresh_from_db()
    assert report.next_at == MONDAY + timedelta(days=5)
    assert send(report.next_at) == 1


def test_a_sender_killed_after_noting_who_is_due_goes_on_where_it_was(house: Personas) -> None:
    report = schedule(house, to_owner=True)
    reports.add_recipient(
        report, by=house.actor("service_manager"), person=house.people["desk_agent"]
    )
    with clock.travel(MONDAY - clock.now()):
        sending.note_due_readers(MONDAY)
    assert Sending.objects.filter(state=SendingState.WAITING).count() == 2
    assert mails() == []
    assert send(MONDAY + timedelta(minutes=1)) == 2
    assert send(MONDAY + timedelta(minutes=2)) == 0
    assert len(mails()) == 2


def test_a_reader_whose_report_fails_is_tried_again_and_stops_nobody(
    house: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = schedule(house)
    owner, reader = house.people["service_manager"], house.people["desk_agent"]
    reports.add_recipient(report, by=house.actor("service_manager"), person=reader)
    queue = queue_mail

    def fail_for_reader(**said: Any) -> OutgoingMail:
        if said["to"] == [reader.email]:
            raise RuntimeError("out of order")
        return queue(**said)

    monkeypatch.setattr(sending, "queue_mail", fail_for_reader)
    assert [send(), send(), send()] == [1, 0, 0]
    failed = Sending.objects.get(reader=reader)
    assert (failed.state, failed.attempts, failed.error) == ("failed", 3, "out of order")
    assert told(owner) == ["scheduled_reports.failed"]


def test_each_reader_receives_what_they_may_see_then(house: Personas) -> None:
    with attributed(MAKER):
        Ticket.objects.filter(kind=Kind.REQUEST).update(confidential=True)
    report = schedule(house)
    by = house.actor("service_manager")
    for name in ("core_engineer", "desk_agent"):
        reports.add_recipient(report, by=by, person=house.people[name])
    assert send() == 3
    found = {mail.to[0]: sorted(file_of(mail)[1:]) for mail in mails()}
    incidents = ["Incident", "2"]
    assert found[house.people["core_engineer"].email] == [incidents]
    assert found[house.people["service_manager"].email] == [incidents, ["Request", "1"]]


def test_who_lost_the_right_receives_nothing_and_the_owner_is_told(house: Personas) -> None:
    report = schedule(house, report="audit-log", owner="administrator", query="", name="Audit")
    by = house.actor("administrator")
    reports.add_recipient(report, by=by, person=house.people["desk_agent"])
    assert send() == 1
    assert [mail.to for mail in mails()] == [[house.people["administrator"].email]]
    refused = Sending.objects.get(reader=house.people["desk_agent"])
    assert refused.state == SendingState.REFUSED
    assert told(house.people["administrator"]) == ["scheduled_reports.refused"]
    assert told(house.people["desk_agent"]) == []


def test_a_grouping_by_person_is_sent_no_longer_once_it_is_forbidden(house: Personas) -> None:
    administrator = house.actor("administrator")
    set_person_figures(by=administrator, allowed=True, reason="Accord du CSE")
    schedule(house, query="group=owner", name="By owner")
    set_person_figures(by=administrator, allowed=False, reason="Fin de l’accord")
    assert send() == 0
    assert mails() == []
    assert told(house.people["service_manager"]) == ["scheduled_reports.refused"]


def test_a_report_is_read_in_the_language_of_its_reader(house: Personas) -> None:
    with attributed(MAKER):
        User.objects.filter(pk=house.users["service_manager"].pk).update(language="fr")
    schedule(house, query="group=state")
    send()
    (mail,) = mails()
    assert mail.language == "fr"
    assert "3 résultats" in mail.body
    assert "Ouvrir dans Opale" in mail.body


def test_the_next_mail_says_what_changed(house: Personas) -> None:
    schedule(house)
    send()
    with attributed(MAKER):
        said = NewTicket(
            subject="Lien", body="Bonjour", source=Source.MAIL, kind=Kind.REQUEST,
            customer=house.customer,
        )  # fmt: skip
        receive_ticket(said, by=MAKER, at=MONDAY + HOUR)
    send(MONDAY + timedelta(days=7))
    first, second = mails()
    assert "Change" not in first.body
    assert "4 results (+1 since " in second.body
    request = next(line for line in second.body.splitlines() if line.startswith("Request"))
    assert request.split() == ["Request", "2", "+1"]


def test_a_plain_list_is_mailed_with_its_first_lines(house: Personas) -> None:
    schedule(house, query="kind=incident", name="Incidents")
    send()
    (mail,) = mails()
    assert "2 results" in mail.body
    assert "Kind: Incident" in mail.body
    assert "Lien 0" in mail.body
    assert len(file_of(mail)) == 3


def test_a_team_receives_it_as_it_is_then(house: Personas) -> None:
    schedule(house, to_owner=False, team=house.teams["desk_agent"])
    with attributed(MAKER):
        Membership.objects.create(
            team=house.teams["desk_agent"], person=house.people["run_engineer"],
            function="run_engineer", period=(MONDAY - timedelta(days=40), None),
        )  # fmt: skip
    send()
    assert {mail.to[0] for mail in mails()} == {
        house.people["desk_agent"].email,
        house.people["run_engineer"].email,
    }


def test_a_paused_or_deleted_report_is_not_sent_and_comes_back(house: Personas) -> None:
    by = house.actor("service_manager")
    report = schedule(house, frequency="daily")
    reports.pause_scheduled_report(report, by=by)
    assert send() == 0
    with clock.travel(MONDAY + HOUR - clock.now()):
        reports.resume_scheduled_report(report, by=by)
    assert send(MONDAY + HOUR) == 0, "what fell into the pause is not made up for"
    reports.delete_scheduled_report(report, by=by)
    assert send(MONDAY + timedelta(days=1)) == 0
    with pytest.raises(NotFound):
        get_scheduled_report(report.pk, seen_by=by)
    with clock.travel(MONDAY + timedelta(days=1, hours=1) - clock.now()):
        reports.restore_scheduled_report(report, by=by)
    assert send(MONDAY + timedelta(days=2)) == 1


def test_the_reports_of_who_has_left_are_paused(house: Personas) -> None:
    report = schedule(house, to_owner=True)
    by = house.actor("service_manager")
    reports.add_recipient(report, by=by, person=house.people["desk_agent"])
    with attributed(MAKER):
        Person.objects.filter(pk=report.owner_id).update(left_on=MONDAY.date())
    assert send() == 0
    report.refresh_from_db()
    assert report.paused_at is not None


def test_the_reports_of_a_closed_login_are_paused(house: Personas) -> None:
    report = schedule(house, team=house.teams["desk_agent"])
    with attributed(MAKER):
        User.objects.filter(pk=house.users["service_manager"].pk).update(is_active=False)
    assert send() == 0
    report.refresh_from_db()
    assert report.paused_at is not None


def test_a_list_of_all_but_some_is_sent_as_such(house: Personas) -> None:
    schedule(house, query="kind=request&is_not=kind&group=kind")
    assert send() == 1
    (mail,) = mails()
    assert file_of(mail)[1:] == [["Incident", "2"]]
    assert "Kind is not: Request" in mail.body


def test_send_me_one_now_is_sent_once_to_who_asked(house: Personas) -> None:
    by = house.actor("service_manager")
    report = schedule(house, team=house.teams["desk_agent"])
    with clock.travel(MONDAY - HOUR - clock.now()):
        reports.send_report_now(report, by=by)
        reports.send_report_now(report, by=by)
    assert send(MONDAY - HOUR) == 1
    assert [mail.to for mail in mails()] == [[house.people["service_manager"].email]]
    (line,) = lines([report], by)
    assert line.last is not None
    assert line.last.worst == SendingState.SENT


def test_a_mail_that_is_given_up_is_shown_and_told(house: Personas) -> None:
    report = schedule(house)
    send()
    (mail,) = mails()
    fact = MailFailed(mail_id=mail.pk, origin=mail.origin, error="550 no such user")
    assert sending.is_of_sending(fact)
    sending.record_failed_mail(fact, sending.SENDER)
    sending.record_failed_mail(fact, sending.SENDER)
    failed = Sending.objects.get(report=report)
    assert (failed.state, failed.error) == (SendingState.FAILED, "550 no such user")
    assert told(house.people["service_manager"]) == ["scheduled_reports.failed"]


def test_nobody_sees_or_changes_the_schedules_of_another(house: Personas) -> None:
    report = schedule(house)
    for name in ("administrator", "desk_agent", "employee", "customer_contact"):
        other = house.actor(name)
        assert not scheduled_reports(seen_by=other).exists()
        for act in (
            reports.pause_scheduled_report,
            reports.delete_scheduled_report,
            reports.send_report_now,
        ):
            with pytest.raises((NotFound, NotAllowed)):
                act(report, by=other)


@pytest.mark.parametrize("name", ["employee", "group_colleague", "customer_contact"])
def test_who_works_for_no_customer_schedules_nothing(house: Personas, name: str) -> None:
    actor: Actor = house.actor(name)
    with pytest.raises(NotAllowed):
        reports.schedule_report(by=actor, report="people", name="People")


def test_only_what_one_may_open_can_be_scheduled(house: Personas) -> None:
    with pytest.raises(NotAllowed):
        schedule(house, report="audit-log", query="")
    with pytest.raises(NotAllowed):
        schedule(house, report="operations-report", query="", owner="core_engineer")
    with pytest.raises(NotFound):
        schedule(house, report="no-such-list", query="")
    for query in ("group=owner", "shoe-size=44", "group=subject"):
        with pytest.raises(Invalid):
            schedule(house, query=query)
    with pytest.raises(Invalid):
        schedule(house, to_owner=False)
    with pytest.raises(Invalid):
        schedule(house, name="  ")
    report = schedule(house)
    with pytest.raises(Conflict):
        reports.add_recipient(
            report, by=house.actor("service_manager"), person=house.people["service_manager"]
        )


def test_a_person_has_a_limited_number_of_schedules(
    house: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MOST_REPORTS", 1)
    schedule(house)
    with pytest.raises(Conflict):
        schedule(house)


def test_a_form_is_filled_from_the_list_and_makes_a_schedule(house: Personas) -> None:
    client = house.client("service_manager")
    page = client.get("/tickets/?group=kind").content.decode()
    assert "report=tickets&amp;name=" in page
    assert "&amp;query=group%3Dkind" in page
    address = "/scheduled-reports/new/?report=tickets&name=Tickets&query=group%3Dkind"
    assert 'value="group=kind"' in client.get(address).content.decode()
    body = {
        "report": "tickets", "name": "Tickets", "query": "group=kind", "frequency": "weekly",
        "weekday": "4", "day": "1", "at": "16:30", "to_owner": "on",
    }  # fmt: skip
    client.post("/scheduled-reports/new/", body)
    (made,) = ScheduledReport.objects.all()
    page = client.get(f"/scheduled-reports/{made.pk}/").content.decode()
    assert "Every Friday at 16:30" in page
    assert "Tickets" in client.get("/scheduled-reports/").content.decode()


def test_a_changed_schedule_is_due_by_its_new_time(house: Personas) -> None:
    report = schedule(house)
    with clock.travel(MONDAY - timedelta(days=1) - clock.now()):
        by = house.actor("service_manager")
        reports.edit_scheduled_report(report, by=by, frequency="monthly", day=15)
    report.refresh_from_db()
    assert report.next_at == datetime(2026, 12, 15, 6, tzinfo=UTC)


def test_old_sendings_and_deleted_schedules_are_cleared_away(house: Personas) -> None:
    report = schedule(house)
    send()
    sending.delete_old(MONDAY + sending.RETENTION + HOUR)
    assert not Sending.objects.exists()
    with clock.travel(MONDAY - clock.now()):
        reports.delete_scheduled_report(report, by=house.actor("service_manager"))
    sending.delete_old(MONDAY + sending.DELETED_RETENTION + HOUR)
    assert not ScheduledReport.objects.exists()
