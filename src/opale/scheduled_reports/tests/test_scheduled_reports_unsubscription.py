"""A reader ends a scheduled report alone: by the page, by one click, twice, and begins again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict
from opale.messaging.models import OutgoingMail
from opale.organisation.models import Membership
from opale.scheduled_reports.actions import reports, sending, subscriptions
from opale.scheduled_reports.models import ScheduledReport, Sending
from opale.scheduled_reports.queries.reports import readers_of
from opale.scheduled_reports.queries.unsubscribe_links import (
    subscription_of_token,
    unsubscribe_token,
)

pytestmark = pytest.mark.django_db
MONDAY = datetime(2126, 12, 9, 7, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def report(personas: Personas) -> ScheduledReport:
    """A weekly list of a desk agent, who names a service manager."""
    by = personas.actor("desk_agent")
    made = reports.schedule_report(by=by, report="tickets", name="Tickets of the week")
    reports.add_recipient(made, by=by, person=personas.people["service_manager"])
    return made


def sent_to(personas: Personas, name: str) -> list[OutgoingMail]:
    address = personas.people[name].email
    rows = OutgoingMail.objects.filter(origin__startswith=sending.ORIGIN).order_by("pk")
    return [one for one in rows if one.to == [address]]


def link_in(mail: OutgoingMail) -> str:
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail.headers["List-Unsubscribe"].strip("<>")
    assert link in mail.body
    return str(link.removeprefix(settings.BASE_URL))


def test_a_mail_program_ends_it_by_one_click_without_a_login(
    personas: Personas, report: ScheduledReport
) -> None:
    sending.send_due_reports(MONDAY)
    (mail,) = sent_to(personas, "service_manager")
    link, client = link_in(mail), Client(enforce_csrf_checks=True)
    for _twice in range(2):
        answer = client.post(link, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert readers_of(report) == [personas.people["desk_agent"]]
    sending.send_due_reports(MONDAY + WEEK)
    assert len(sent_to(personas, "service_manager")) == 1
    assert len(sent_to(personas, "desk_agent")) == 2


def test_opening_the_link_ends_nothing_and_the_end_is_taken_back(
    personas: Personas, report: ScheduledReport
) -> None:
    sending.send_due_reports(MONDAY)
    link, client = link_in(sent_to(personas, "service_manager")[0]), Client()
    page = client.get(link).content.decode()
    assert "Stop receiving “Tickets of the week”?" in page
    assert len(readers_of(report)) == 2
    page = client.post(link).content.decode()
    assert "You no longer receive “Tickets of the week”." in page
    assert "Receive it again" in page
    assert len(readers_of(report)) == 1
    assert "again" in client.post(link, {"again": "1"}).content.decode()
    assert len(readers_of(report)) == 2


def test_the_owner_sees_who_ended_it_and_cannot_name_them_again(
    personas: Personas, report: ScheduledReport
) -> None:
    manager, by = personas.people["service_manager"], personas.actor("desk_agent")
    subscriptions.unsubscribe(subscription_of_token(unsubscribe_token(report.pk, manager.pk)))
    client = personas.client("desk_agent")
    page = client.get(f"/scheduled-reports/{report.pk}/").content.decode()
    assert "Unsubscribed" in page
    assert f"/recipients/{manager.pk}/removal/" not in page
    reports.remove_recipient(report.recipients.get(), by=by)
    with pytest.raises(Conflict, match="has unsubscribed"):
        reports.add_recipient(report, by=by, person=manager)


def test_who_ended_it_is_not_sent_it_as_one_of_the_team_or_as_its_owner(
    personas: Personas, report: ScheduledReport
) -> None:
    manager, agent = personas.people["service_manager"], personas.people["desk_agent"]
    with attributed(MAKER):
        team = Membership.objects.filter(person=manager).latest("pk").team
        ScheduledReport.objects.filter(pk=report.pk).update(team=team)
    report.refresh_from_db()
    for one in (manager, agent):
        assert one in readers_of(report)
        subscriptions.unsubscribe(subscription_of_token(unsubscribe_token(report.pk, one.pk)))
        assert one not in readers_of(report)


def test_what_waits_is_not_sent_and_another_report_still_is(
    personas: Personas, report: ScheduledReport
) -> None:
    manager, by = personas.people["service_manager"], personas.actor("desk_agent")
    other = reports.schedule_report(by=by, report="tickets", name="Other", to_owner=True)
    reports.add_recipient(other, by=by, person=manager)
    sending.note_due_readers(MONDAY)
    subscriptions.unsubscribe(subscription_of_token(unsubscribe_token(report.pk, manager.pk)))
    assert not Sending.objects.filter(report=report, reader=manager).exists()
    sending.send_due_reports(MONDAY)
    assert [one.subject.split(":")[0] for one in sent_to(personas, "service_manager")] == ["Other"]


def test_a_link_that_is_changed_or_of_a_report_that_is_gone_opens_nothing(
    personas: Personas, report: ScheduledReport
) -> None:
    token = unsubscribe_token(report.pk, personas.people["service_manager"].pk)
    address = "/scheduled-reports/unsubscribe/{}/"
    client = Client()
    assert client.get(address.format(f"9{token}")).status_code == 404
    assert client.get(address.format(token)).status_code == 200
    reports.delete_scheduled_report(report, by=personas.actor("desk_agent"))
    assert client.post(address.format(token)).status_code == 404


def test_one_address_uses_such_links_only_so_often(
    personas: Personas, report: ScheduledReport
) -> None:
    token = unsubscribe_token(report.pk, personas.people["service_manager"].pk)
    client = Client(REMOTE_ADDR="203.0.113.77")
    address = f"/scheduled-reports/unsubscribe/{token}/"
    answers = {client.post(address).status_code for _use in range(31)}
    assert answers == {200, 429}
