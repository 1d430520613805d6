"""Links by which a reader ends a scheduled report without a login: signed, valid for ever.

A link names the report and the reader. It proves that this installation wrote it to that person,
and can do nothing but end that report's mails to them, and let them begin again.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from opale.kernel.errors import NotFound
from opale.organisation.models import Person
from opale.scheduled_reports.models import ScheduledReport, Unsubscription

SALT = "opale.scheduled_reports.unsubscribe"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A report and one who reads it."""

    report: ScheduledReport
    person: Person

    @property
    def has_ended(self) -> bool:
        return Unsubscription.objects.filter(report=self.report, person=self.person).exists()


def unsubscribe_link(report: ScheduledReport, person: Person) -> str:
    token = unsubscribe_token(report.pk, person.pk)
    return settings.BASE_URL + reverse("scheduled_reports_unsubscribe", args=[token])


def unsubscribe_token(report_id: int, person_id: int) -> str:
    return signing.Signer(salt=SALT).sign(f"{report_id}.{person_id}")


def subscription_of_token(token: str) -> Subscription:
    """Return what a link is about. Errors: NotFound (no link of ours, a report or person that is
    gone)."""
    try:
        report_id, _dot, person_id = signing.Signer(salt=SALT).unsign(token).partition(".")
    except signing.BadSignature:
        raise NotFound from None
    report = ScheduledReport.objects.filter(pk=report_id, deleted_at=None).first()
    person = Person.objects.filter(pk=person_id, left_on=None).first()
    if report is None or person is None:
        raise NotFound
    return Subscription(report, person)
