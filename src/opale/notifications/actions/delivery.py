"""Mailing of notifications: those that are due and still unread, one mail for each person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging.actions.outgoing import queue_mail
from opale.messaging.queries.mail_layout import Letter
from opale.notifications.actions.notify import reading_as
from opale.notifications.domain.quiet_hours import BETWEEN_MAILS
from opale.notifications.models import Notification, NotificationTimes
from opale.notifications.queries import due
from opale.organisation.models import Person

SENDER: Final = system("notifications")
MAIL_JOB: Final = "notifications.mail_due"
PEOPLE_AT_ONCE: Final = 500
SHOWN: Final = 30
"""Notifications that one mail lists; it says how many more are in the inbox."""


def mail_due_notifications(at: datetime) -> int:
    """Mail what is due, and return the number of mails. A person's failure stops no other."""
    waiting = due(at).order_by("person_id").values_list("person_id", flat=True).distinct()
    return sum(_mail_to(person_id, at) for person_id in waiting[:PEOPLE_AT_ONCE])


def _mail_to(person_id: int, at: datetime) -> bool:
    """Mail a person, in one transaction with the note that it was done, so never twice."""
    with transaction.atomic(), attributed(SENDER, savepoint=False):
        NotificationTimes.objects.get_or_create(person_id=person_id)
        # One sender at a time for each person: a second one finds nothing left.
        times = NotificationTimes.objects.select_for_update().get(person_id=person_id)
        if times.last_mail_at is not None and at < times.last_mail_at + BETWEEN_MAILS:
            return False
        rows = due(at).filter(person_id=person_id)
        unread = list(rows.filter(read_at=None).order_by("-made_at", "-pk"))
        rows.exclude(read_at=None).update(mail_due_at=None)
        if not unread:
            return False
        Notification.objects.filter(pk__in=[one.pk for one in unread]).update(mailed_at=at)
        NotificationTimes.objects.filter(pk=times.pk).update(last_mail_at=at)
        people = Person.objects.select_related("user", "company")
        person = people.filter(pk=person_id, left_on=None).exclude(email="").first()
        if person is None:
            return False
        _queue(person, unread)
    return True


def _queue(person: Person, found: Sequence[Notification]) -> None:
    language = person.reading_language
    with reading_as(person):
        first, more = found[0], len(found) - SHOWN
        lines = [f"• {one.text}\n  {settings.BASE_URL}{one.url}" for one in found[:SHOWN]]
        if len(found) == 1:
            subject, lines = first.text, [first.text]
            link = (_("Open in Opale"), f"{settings.BASE_URL}{first.url}")
        else:
            subject = ngettext(
                "%(n)s notification: %(first)s", "%(n)s notifications: %(first)s", len(found)
            ) % {"n": len(found), "first": first.text}
            link = (_("Open inbox"), f"{settings.BASE_URL}{reverse('notifications_inbox')}")
        if more > 0:
            rest = ngettext("%(n)s more in the inbox", "%(n)s more in the inbox", more)
            lines.append(rest % {"n": more})
        choices = f"{settings.BASE_URL}{reverse('notifications_choices')}"
        queue_mail(
            by=SENDER,
            origin=f"notifications.person:{person.pk}",
            to=[person.email],
            subject=subject[:200],
            body=Letter(
                language=language,
                body="\n\n".join(lines),
                links=(link,),
                foot_links=((_("Choose how you are notified"), choices),),
            ),
            language=language,
            automatic=True,
        )
